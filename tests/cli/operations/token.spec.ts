import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { writeToken } from "../../../cli/operations/token.ts";
import { FakeApi } from "../../provider/fake-api.ts";

describe("npm run aiops -- token", () => {
  let api: FakeApi;
  let folder: FsFixture;
  let said: string[];

  beforeEach(async () => {
    api = await FakeApi.start();
    folder = await createFixture();
    said = [];
    const volumes = [{ name: "settings" }, { name: "assistants", secret: { secretName: "todo-assistants-1" } }];
    api.objects.set("deployments/todo-operations", { spec: { template: { spec: { volumes } } } });
    const data = { ann: Buffer.from("t0ken-of-ann").toString("base64") };
    api.objects.set("secrets/todo-assistants-1", { data });
  });

  afterEach(async () => {
    await api.stop();
    await folder.rm();
  });

  const tokenOf = (person: string | undefined, context = "todo"): Promise<number> =>
    writeToken(person, {
      stack: "dev",
      where: { kubeconfig: api.kubeconfig, context, home: api.home, namespace: "todo" },
      folder: folder.getPath("assistants"),
      say: (text) => said.push(text),
    });

  it("writes it for the user alone, says how to connect, and does not print it", async () => {
    assert.equal(await tokenOf("ann"), 0);
    const file = join(folder.path, "assistants", "ann");
    assert.equal(await readFile(file, "utf8"), "t0ken-of-ann\n");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(said.join("\n"), /port-forward deployment\/todo-operations 8081/);
    assert.doesNotMatch(said.join("\n"), /t0ken/);
  });

  it("says what to type for somebody whose assistant may not call, and writes nothing", async () => {
    await assert.rejects(tokenOf("bob"), /takes no calls of bob's assistant.\n {2}.*operationsAssistants ann,bob/);
    await assert.rejects(tokenOf("../ann"), /takes no calls of/);
    await assert.rejects(tokenOf("constructor"), /takes no calls of/);
    await assert.rejects(stat(folder.getPath("assistants")), /ENOENT/);
  });

  it("says so where there is no controller, or none that takes calls", async () => {
    api.objects.set("deployments/todo-operations", { spec: { template: { spec: { volumes: [] } } } });
    await assert.rejects(tokenOf("ann"), /takes no calls of ann's assistant/);
    api.objects.clear();
    await assert.rejects(tokenOf("ann"), /takes no calls of ann's assistant/);
  });

  it("wants a name, and asks in no other cluster than the stack's own", async () => {
    await assert.rejects(tokenOf(undefined), /Whose token\?/);
    await assert.rejects(tokenOf("ann", "theirs"), /cannot be asked: /);
    assert.deepEqual(api.asked, []);
  });
});
