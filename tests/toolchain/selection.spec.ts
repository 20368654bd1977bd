import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { mock } from "node:test";
import { createFixture } from "fs-fixture";
import { allChecks, type Check } from "../../toolchain/checks.ts";
import { choose, runAll } from "../../toolchain/test.ts";

describe("npm test -- --grep", () => {
  it("runs the checks that have titled tests, and no other", async () => {
    const titles = choose(await allChecks(), [], "H7").map(({ title }) => title);
    assert.deepEqual(titles, [
      "backend tests",
      "frontend tests",
      "aiops tests",
      "unit tests",
      "stack tests",
      "e2e tests",
    ]);
  });

  it("gives the pattern to each test runner in its own way", async () => {
    const ends = choose(await allChecks(), [], "H7").map(({ args }) => args.slice(-2).join(" "));
    assert.deepEqual(ends, ["-k H7", "-t H7", "-t H7", "--grep H7", "--grep H7", "--grep H7"]);
  });

  it("does not ask of the backend's tests that match to cover as much as all of them", async () => {
    const [{ args } = { args: [] as string[] }] = choose(await allChecks(), ["backend tests"], "H7");
    assert.ok(args.includes("--no-cov"), "fewer tests than all would fail for their coverage alone");
  });

  it("leaves pytest out where the pattern is no word, since its own patterns are expressions", async () => {
    const titles = choose(await allChecks(), [], "H7: the previous").map(({ title }) => title);
    assert.ok(!titles.includes("backend tests"), "pytest would not understand the pattern");
  });

  it("goes together with names of checks", async () => {
    const titles = choose(await allChecks(), ["unit"], "H7").map(({ title }) => title);
    assert.deepEqual(titles, ["unit tests"]);
  });

  for (const [outcome, exitCode, tests, expected] of [
    ["fails when nothing matched", 0, 0, 1],
    ["fails when nothing matched, which the runner says by its exit code", 5, 0, 1],
    ["succeeds when what matched passed", 0, 1, 0],
    ["fails when the runner failed", 1, 1, 1],
  ] as const) {
    it(outcome, async () => {
      await using folder = await createFixture();
      const results = join(folder.path, "results.xml");
      const script = join(folder.path, "runner.mjs");
      const junit = `<testsuite tests=\\"${tests}\\" failures=\\"0\\" errors=\\"0\\" skipped=\\"0\\" />`;
      await writeFile(
        script,
        `import { writeFileSync } from "node:fs"; writeFileSync("${results}", "${junit}"); process.exitCode = ${exitCode};
        console.log("said by the runner");`,
      );
      const check: Check = { title: "runner", command: process.execPath, args: [script], results, nothingSelected: 5 };
      const log = join(folder.path, "logs", "npm-test.log");
      // The runner's own line comes through: it is a command with the terminal of this one.
      const printed = mock.method(console, "log", () => undefined);
      try {
        assert.equal(await runAll([check], log, "H7"), expected);
      } finally {
        printed.mock.restore();
      }
      const kept = await readFile(log, "utf8");
      assert.match(kept, /^── runner\nsaid by the runner\n/m, "the log must keep what was printed");
      assert.match(kept, tests === 0 ? /^No test has a title/m : /^\d passed, \d failed$/m);
    });
  }
});
