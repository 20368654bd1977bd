import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { copyFile, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Account } from "../helpers/account.ts";
import { leaveLock } from "../helpers/lock.ts";
import { backUp } from "./support/back-up.ts";
import { stack } from "./support/stack.ts";

/** Without its volume, which takes longer to lose: tests/full/stack/backup.spec.ts. */
describe("backup and restore", function () {
  this.timeout("10m");

  it("a backup brings back what was there, and nothing of what came later", async () => {
    const somebody = await Account.signUp(stack.url);
    const title = `kept ${randomUUID()}`;
    await somebody.add(title);

    const file = await backUp();
    assert.equal((await stat(join(stack.copy.folder, file))).mode & 0o777, 0o600, "only its owner may read a backup");
    await somebody.add("written after the backup");
    const newcomer = await Account.signUp(stack.url);

    const restored = await stack.copy.npm("restore", {}, file, "--yes");
    assert.equal(restored.exitCode, 0, restored.all);
    const answer = await somebody.todos("GET");
    assert.equal(answer.status, 200, "the account must be there, with its session");
    assert.deepEqual(await somebody.titles(), [title], "the todos must be those of the backup");
    assert.equal((await newcomer.todos("GET")).status, 401, "who came after the backup must be unknown");
  });

  it("replaces nothing while Pulumi is at work on the stack", async () => {
    const file = await backUp();
    const somebody = await Account.signUp(stack.url);
    const lock = await leaveLock(stack.copy.folder, stack.copy.stack, process.pid);
    try {
      const result = await stack.copy.npm("restore", {}, file, "--yes");
      assert.equal(result.exitCode, 1, result.all);
      assert.match(result.all, /Pulumi is at work on the stack .*\n.*Nothing was changed/);
    } finally {
      await rm(lock);
    }
    assert.equal((await somebody.todos("GET")).status, 200, "who came after the backup must still be there");
  });

  it("a backup that was cut short replaces nothing", async () => {
    const file = await backUp();
    const somebody = await Account.signUp(stack.url);
    const cut = `${file}.cut`;
    const [from, to] = [file, cut].map((path) => join(stack.copy.folder, path)) as [string, string];
    await copyFile(from, to);
    await truncate(to, Math.floor((await stat(from)).size / 2));
    const result = await stack.copy.npm("restore", {}, cut, "--yes");
    assert.equal(result.exitCode, 1, "half a backup must be refused");
    assert.match(result.all, /The database refused: .*\n.*Nothing was changed/s);
    assert.equal((await somebody.todos("GET")).status, 200, "who came after the backup must still be there");
  });
});
