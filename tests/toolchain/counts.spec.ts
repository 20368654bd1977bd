import assert from "node:assert/strict";
import { count } from "../../toolchain/test.ts";

describe("the count of tests", () => {
  for (const [title, succeeded, junit, expected] of [
    ["a check without numbers that succeeds", true, undefined, [1, 0]],
    ["a check without numbers that fails", false, undefined, [0, 1]],
    ["one suite", true, `<testsuite tests="7" failures="0" errors="0" skipped="0" />`, [7, 0]],
    [
      "several suites",
      true,
      `<testsuites tests="5"><testsuite name="a" tests="2"></testsuite><testsuite tests="3">`,
      [5, 0],
    ],
    ["failures and errors", false, `<testsuite errors="1" failures="2" skipped="0" tests="9">`, [6, 3]],
    ["skipped tests, which have not passed", true, `<testsuite tests="4" failures="0" errors="0" skipped="3">`, [1, 0]],
    ["a runner that fails although its tests passed", false, `<testsuite tests="4" failures="0">`, [4, 1]],
    ["a runner that died before it wrote anything", false, "", [0, 1]],
  ] as const) {
    it(`of ${title} is ${expected.join(" passed, ")} failed`, () => {
      assert.deepEqual(Object.values(count(succeeded, junit)), expected);
    });
  }
});
