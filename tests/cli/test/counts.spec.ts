import assert from "node:assert/strict";
import { join } from "node:path";
import { checkout } from "../../../machine/paths.ts";
import { resultsOf } from "../../../cli/test/test-results.ts";

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
    ["a hook that failed, which is no test", false, `<testsuite tests="9" errors="1" skipped="-1">`, [9, 1]],
    ["a runner that fails although its tests passed", false, `<testsuite tests="4" failures="0">`, [4, 1]],
    ["a runner that died before it wrote anything", false, "", [0, 1]],
  ] as const) {
    it(`of ${title} is ${expected.join(" passed, ")} failed`, () => {
      const { passed, failed } = resultsOf(succeeded, junit);
      assert.deepEqual([passed, failed], expected);
    });
  }
});

describe("what is read of each test", () => {
  const junit = `<testsuites>
<testsuite name="Mocha Tests" tests="4" failures="0" errors="1" skipped="1" time="9">
<testcase classname="some" name="pass &#x3E; &quot;fail&quot;" file="/checkout/tests/a.spec.ts" time="1.5"/>
<testcase classname="some" name="are left out" file="/checkout/tests/a.spec.ts" time="0"><skipped/></testcase>
<testcase classname="some" name="pass at last" file="/checkout/tests/b.spec.ts" time="4"><flakyFailure/></testcase>
<testcase classname="some" name="fail" file="/checkout/tests/b.spec.ts" time="2.25"><failure>it says &lt;skipped/&gt;</failure></testcase>
</testsuite></testsuites>`;

  it("is who was skipped, and who passed on the second try, by name", () => {
    const { skipped, flaky, passed, failed } = resultsOf(false, junit);
    assert.deepEqual([passed, failed], [2, 1]);
    assert.deepEqual(skipped, ["some are left out"]);
    assert.deepEqual(flaky, ["some pass at last"]);
  });

  it("is how long the tests of each file took", () => {
    const specs = Object.entries(resultsOf(false, junit.replaceAll("/checkout/", `${checkout}/`)).specs);
    assert.deepEqual(specs, [
      ["tests/a.spec.ts", 1.5],
      ["tests/b.spec.ts", 6.25],
    ]);
  });

  it("is named by the checkout where a runner names files from its own folder, or their names alone", () => {
    const pytest = `<testsuite tests="1"><testcase classname="tests.test_a" name="b" file="tests/test_a.py" time="3" /></testsuite>`;
    const vitest = `<testsuite tests="1"><testcase classname="tests/a.test.ts" name="b" time="2"></testcase></testsuite>`;
    const backend = join(checkout, "apps/backend");
    assert.deepEqual(resultsOf(true, pytest, backend).specs, { "apps/backend/tests/test_a.py": 3 });
    assert.deepEqual(resultsOf(true, vitest, backend).specs, { "apps/backend/tests/a.test.ts": 2 });
  });
});
