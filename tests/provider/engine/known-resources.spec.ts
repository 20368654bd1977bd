import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { inputsInState, inputsOf, isKnown } from "../../../provider/engine/known-resources.ts";

describe("what Pulumi's state knows", () => {
  const type = "minikube:index:Cluster";
  const urn = `urn:pulumi:dev::any-app::${type}::cluster`;
  const file = ".pulumi/stacks/any-app/dev.json";
  const inputs = { profile: "any-app" };
  let folder: FsFixture;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await createFixture({ [file]: "", "home/credentials.json": "" });
    env = { PULUMI_BACKEND_URL: `file://${folder.path}` };
  });
  afterEach(() => folder.rm());

  /** Has the state of a stack of the project any-app hold these. */
  const holds = async (...resources: object[]): Promise<void> => {
    const text = JSON.stringify({ checkpoint: { latest: { resources } } });
    await folder.writeFile(file, text);
  };

  it("is found for a project of any name", async () => {
    await holds({ urn, type, inputs });
    assert.deepEqual(inputsInState(urn, env), inputs);
    assert.deepEqual(inputsOf(urn, type, env), [inputs]);
    assert.equal(isKnown(urn, type, env), true);
    assert.equal(inputsInState(urn.replace("any-app", "other"), env), undefined);
    assert.equal(inputsInState(`${urn}-2`, env), undefined);
  });

  it("is found where a person has logged in, when nothing else is said", async () => {
    await holds({ urn, type, inputs });
    const current = `file://${folder.path}`;
    await folder.writeFile("home/credentials.json", JSON.stringify({ current }));
    assert.deepEqual(inputsInState(urn, { PULUMI_HOME: folder.getPath("home") }), inputs);
  });

  for (const mark of ["delete", "pendingReplacement"]) {
    it(`leaves out what the engine has marked with ${mark}`, async () => {
      await holds({ urn, type, inputs, [mark]: true });
      assert.equal(inputsInState(urn, env), undefined);
      assert.deepEqual(inputsOf(urn, type, env), []);
      assert.equal(isKnown(urn, type, env), false);
      await holds({ urn, type, inputs, [mark]: true }, { urn, type, inputs });
      assert.equal(isKnown(urn, type, env), true, "the new one is there");
    });
  }

  it("is not known where the state cannot be read", () => {
    assert.equal(isKnown(urn, type, env), undefined);
    assert.equal(isKnown(urn, type, { PULUMI_BACKEND_URL: "s3://states" }), undefined);
    assert.equal(inputsInState(urn, { PULUMI_BACKEND_URL: "s3://states" }), undefined);
  });
});
