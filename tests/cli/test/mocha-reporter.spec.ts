import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { checkout } from "../../../machine/paths.ts";
import { resultsOf } from "../../../cli/test/test-results.ts";

const tests = `
let tries = 0;
describe("some", () => {
  it("pass", () => undefined);
  it("pass at the second try", () => { if (tries++ === 0) throw new Error("not yet"); });
  it.skip("are left out", () => undefined);
  it("fail", () => { throw new Error("because of this"); });
});`;

const runMocha = async (folder: FsFixture, ...more: string[]) => {
  const reporter = ["--reporter", join(checkout, "cli/test/mocha-reporter.ts")];
  const args = [...reporter, "--reporter-option", `output=${folder.getPath("results.xml")}`];
  const mocha = join(checkout, "node_modules/.bin/mocha");
  return await execa(mocha, [...args, "--no-config", "--retries=1", folder.getPath("some.spec.cjs"), ...more], {
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
    const results = resultsOf(false, await readFile(folder.getPath("results.xml"), "utf8"));
    assert.deepEqual([results.passed, results.failed], [2, 1]);
    assert.deepEqual(results.skipped, ["some are left out"]);
    assert.deepEqual(results.flaky, ["some pass at the second try\n    not yet"]);
    assert.match(results.failures.join("\n\n"), /^some fail\n {4}because of this\n/);
  });

  it("is no failure of a file whose tests are all left out", async () => {
    await using folder = await createFixture({ "some.spec.cjs": 'it.skip("is left out", () => undefined);' });
    const { exitCode, stdout } = await runMocha(folder);
    assert.equal(exitCode, 0);
    assert.doesNotMatch(stdout, /✖/);
  });

  it("gives a test the time of its hooks and of its first try", async () => {
    const slow = `
const wait = (ms) => () => new Promise((resolve) => setTimeout(resolve, ms));
let tries = 0;
describe("some", () => {
  before(wait(300));
  it("pass at the second try", async () => { await wait(200)(); if (tries++ === 0) throw new Error("not yet"); });
  after(wait(300));
});`;
    await using folder = await createFixture({ "some.spec.cjs": slow });
    await runMocha(folder);
    const { specs } = resultsOf(true, await readFile(folder.getPath("results.xml"), "utf8"));
    const [seconds = 0] = Object.values(specs);
    // Two tries and two hooks. A timer may be early by a millisecond.
    assert.ok(seconds >= 0.99, `the file took a second, not ${seconds} s`);
  });

  it("is the same where Mocha runs files at the same time", async () => {
    await using folder = await createFixture({
      "some.spec.cjs": tests,
      "other.spec.cjs": 'it("passes", () => undefined);',
    });
    const { stdout } = await runMocha(folder, "--parallel", "--jobs=2", folder.getPath("other.spec.cjs"));
    assert.match(stdout, /^ {2}✖ \S*some\.spec\.cjs {2}2 passed, \d+ s$/m);
    const { passed, failed, flaky } = resultsOf(false, await readFile(folder.getPath("results.xml"), "utf8"));
    assert.deepEqual([passed, failed], [3, 1]);
    assert.deepEqual(flaky, ["some pass at the second try\n    not yet"]);
  });
});
