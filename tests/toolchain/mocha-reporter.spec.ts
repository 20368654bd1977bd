import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { checkout } from "../../toolchain/paths.ts";
import { count } from "../../toolchain/test.ts";

const tests = `
let tries = 0;
describe("some", () => {
  it("pass", () => undefined);
  it("pass at the second try", () => { if (tries++ === 0) throw new Error("not yet"); });
  it.skip("are left out", () => undefined);
  it("fail", () => { throw new Error("because of this"); });
});`;

const runMocha = async (folder: FsFixture) => {
  const reporter = ["--reporter", join(checkout, "toolchain/mocha-reporter.ts")];
  const args = [...reporter, "--reporter-option", `output=${folder.getPath("results.xml")}`];
  const mocha = join(checkout, "node_modules/.bin/mocha");
  return await execa(mocha, [...args, "--no-config", "--retries=1", folder.getPath("some.spec.cjs")], {
    reject: false,
  });
};

describe("what npm test prints of Mocha's tests", () => {
  it("is nothing of a quick file whose tests pass", async () => {
    await using folder = await createFixture({ "some.spec.cjs": 'it("passes", () => undefined);' });
    const { stdout } = await runMocha(folder);
    assert.doesNotMatch(stdout, /some\.spec\.cjs/);
    assert.match(stdout, /1 passing/);
  });

  it("is a line for a file with a failure, who was tried again, left out or failed, and why, and the counts in a file", async () => {
    await using folder = await createFixture({ "some.spec.cjs": tests });
    const { exitCode, stdout } = await runMocha(folder);
    assert.equal(exitCode, 1);
    for (const line of [
      /^ {2}↻ failed, and is tried once more: some pass at the second try\n {4}not yet$/m,
      /^ {2}- skipped: some are left out$/m,
      /^ {2}✖ some fail$/m,
      /^ {2}✖ \S*some\.spec\.cjs {2}2 passed, \d+ s$/m,
      /Error: because of this/,
    ]) {
      assert.match(stdout, line);
    }
    assert.deepEqual(count(false, await readFile(folder.getPath("results.xml"), "utf8")), { passed: 2, failed: 1 });
  });
});
