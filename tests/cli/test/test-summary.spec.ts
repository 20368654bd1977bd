import assert from "node:assert/strict";
import { durations, summarize, type Ran } from "../../../cli/test/test-summary.ts";

const ran = (title: string, more: Partial<Ran> = {}): Ran => ({
  title,
  seconds: 1,
  passed: 1,
  failed: 0,
  failures: [],
  skipped: [],
  flaky: [],
  specs: {},
  ...more,
});

describe("the summary of a test run", () => {
  it("says how each check went and how long it took, and ends with the counts alone on a line", () => {
    const lines = summarize([
      ran("lint", { seconds: 12.4 }),
      ran("unit tests", { seconds: 125, passed: 7, failed: 2 }),
    ]);
    assert.match(lines, /^✔ lint +12 s {2}1 passed, 0 failed$/m);
    assert.match(lines, /^✖ unit tests {2}2 min 5 s {2}7 passed, 2 failed$/m);
    assert.equal(lines.split("\n").at(-1), "8 passed, 2 failed");
  });

  it("names the ten files whose tests took longest, the longest first", () => {
    const specs = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`tests/${index}.spec.ts`, index]));
    const [, named = ""] =
      /The slowest files of tests:\n([^]*?)\n\n/.exec(summarize([ran("unit tests", { specs })])) ?? [];
    const files = named.split("\n").map((line) => /tests\/(\d+)/.exec(line)?.[1]);
    assert.deepEqual(files, ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"]);
  });

  it("names who was skipped and who passed on the second try", () => {
    const lines = summarize([ran("unit tests", { skipped: ["one is left out"], flaky: ["two passes at last"] })]);
    assert.match(lines, /^1 skipped:\n {2}one is left out$/m);
    assert.match(lines, /^1 flaky, .*:\n {2}two passes at last$/m);
    assert.match(lines, /^1 passed, 0 failed, 1 skipped$/m);
  });

  it("tells at its end what failed and why, and a check that says no more by its title", () => {
    const lines = summarize([
      ran("unit tests", { passed: 7, failed: 1, failures: ["one fails\n    because of this"], skipped: ["two"] }),
      ran("lint", { passed: 0, failed: 1 }),
    ]);
    assert.match(lines, /\n\nFailed:\n {2}one fails\n {4}because of this\n {2}lint\n\n7 passed, 2 failed, 1 skipped$/);
  });

  it("is kept as durations, of checks and of files, the longest first", () => {
    const kept = durations([ran("lint"), ran("unit tests", { seconds: 9.87, specs: { a: 1.23, b: 4.56 } })]);
    assert.equal(kept.replaceAll(/\s/g, ""), '{"checks":{"unittests":9.9,"lint":1},"specs":{"b":4.6,"a":1.2}}');
  });
});
