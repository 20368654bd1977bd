import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { agreeToAll, agreeToNothing } from "../../data/loss-agreement.ts";
import type { Ask } from "../../data/loss-agreement.ts";
import { rotate } from "../../cli/rotate.ts";
import { stackName } from "../../state/stack.ts";

const before = "# Settings of the stack.\nconfig: {}\n";
const raised = "config:\n  todo-stack:jwtSecretGeneration: 2\n";

describe("the number of a secret in the settings, after npm run rotate", () => {
  let folder: FsFixture;
  let file: string;
  let secrets: string[];

  beforeEach(async () => {
    secrets = ["todo-backend-1"];
    folder = await createFixture({ [`Pulumi.${stackName()}.yaml`]: before });
    file = folder.getPath(`Pulumi.${stackName()}.yaml`);
  });
  afterEach(() => folder.rm());

  /** @param up stands in for `pulumi up`. */
  const rotated = async (up: (ask: Ask) => Promise<number>, ask: Ask = agreeToNothing): Promise<number> => {
    const pulumi = async ([command, , key, value]: string[], asked: Ask): Promise<number> => {
      if (command === "up") return await up(asked);
      await writeFile(file, `config:\n  todo-stack:${key}: ${value}\n`);
      return 0;
    };
    const settingOf = (): Promise<string> => Promise.resolve("1");
    return await rotate("jwt", ask, { folder: folder.path, settingOf, pulumi, secrets: () => secrets });
  };
  const losing = async (ask: Ask): Promise<number> => {
    assert.equal(await readFile(file, "utf8"), raised, "Pulumi must be brought up with the new number");
    return (await ask("All data will be lost.", false)) === "lose" ? 0 : 1;
  };
  const unfit = (): Promise<number> => Promise.reject(new Error("The passphrase is missing."));

  it("is the new one", async () => {
    assert.equal(await rotated(() => Promise.resolve(0)), 0);
    assert.equal(await readFile(file, "utf8"), raised);
  });

  it("is the new one when a person has agreed to what would be lost", async () => {
    assert.equal(await rotated(losing, agreeToAll), 0);
    assert.equal(await readFile(file, "utf8"), raised);
  });

  it("is the old one when nobody has agreed to that", async () => {
    assert.equal(await rotated(losing), 1);
    assert.equal(await readFile(file, "utf8"), before);
  });

  it("is the old one when up does not begin", async () => {
    await assert.rejects(rotated(unfit), /passphrase is missing/);
    assert.equal(await readFile(file, "utf8"), before);
  });

  it("is in no file when there was none before", async () => {
    await rm(file);
    assert.equal(await rotated(losing), 1);
    assert.ok(!existsSync(file));
  });

  it("is the old one when up failed and has made no new Secret, as without Docker: another try must not raise it twice", async () => {
    assert.equal(await rotated(() => Promise.resolve(255)), 255);
    assert.equal(await readFile(file, "utf8"), before);
  });

  it("is the new one when up has made the new Secret, and failed later", async () => {
    const failing = (): Promise<number> => {
      secrets = ["todo-backend-2"];
      return Promise.resolve(255);
    };
    assert.equal(await rotated(failing), 255);
    assert.equal(await readFile(file, "utf8"), raised);
  });
});
