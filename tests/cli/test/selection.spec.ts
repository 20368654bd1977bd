import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { mock } from "node:test";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { globSync } from "tinyglobby";
import { allChecks, type Check } from "../../../cli/test/checks.ts";
import { checkout } from "../../../machine/paths.ts";
import { choose, runAll } from "../../../cli/test/test.ts";

const clusterTests = [
  "stack and e2e tests",
  "full stack tests",
  "full e2e tests",
  "tests on several nodes",
  "full load tests",
];
const everyDay = { names: [], full: false };
const titlesOf = (checks: Check[]): string[] => checks.map(({ title }) => title);

describe("the tiers", () => {
  it("npm test runs its own tier alone, and npm run test:full all but the tests on several nodes", async () => {
    const all = await allChecks();
    const others = ["full tests without a cluster", ...clusterTests.slice(1)];
    assert.deepEqual(
      titlesOf(choose(all, everyDay)),
      titlesOf(all).filter((title) => !others.includes(title)),
    );
    const together = "stack and e2e tests, full stack tests";
    assert.deepEqual(
      titlesOf(choose(all, { names: [], full: true })),
      titlesOf(all)
        .filter((title) => !["full stack tests", "tests on several nodes"].includes(title))
        .map((title) => (title === "stack and e2e tests" ? together : title)),
    );
  });

  it("a name means checks of every tier", async () => {
    const titles = titlesOf(choose(await allChecks(), { names: ["STACK", "e2e", "nodes", "load"], full: false }));
    assert.deepEqual(titles, clusterTests);
  });

  it("what takes minutes to build is set up for the checks that need it alone", async () => {
    const all = await allChecks();
    const needs = (checks: Check[]): string[] =>
      checks.flatMap((check) => check.needs?.() ?? []).map(({ title }) => title);
    const long = /promtool|syft|traefik|skaffold/;
    assert.deepEqual(needs(choose(all, everyDay)).filter((title) => long.test(title)), []); // prettier-ignore
    assert.equal(needs(choose(all, { names: [], full: true })).filter((title) => long.test(title)).length, 4);
    assert.deepEqual(needs(choose(all, { names: ["unit", "full e2e"], full: false })), []);
  });

  it("a name that no check has is refused, and every name is said", async () => {
    const all = await allChecks();
    assert.throws(() => choose(all, { names: ["nothing"], full: false }), /called nothing\.\n.*full e2e tests/s);
  });

  it("every Dockerfile and every chart is linted", async () => {
    const linted = (await allChecks()).flatMap(({ command, args }) =>
      command === "hadolint" || command === "helm" ? args.map((path) => resolve(checkout, path)) : [],
    );
    const ignore = ["**/node_modules/**", ".state/**"];
    const files = globSync("**/{Dockerfile,*.Dockerfile,Chart.yaml}", { cwd: checkout, absolute: true, ignore });
    assert.ok(files.length > 5);
    const left = files.filter((file) => !linted.includes(file.replace(/\/Chart\.yaml$/, "")));
    assert.deepEqual(left, []);
  });

  it("the folder of a test decides, and every one is run by exactly one check", async function () {
    // Mocha loads every file there is.
    this.timeout("2m");
    const mocha = (await allChecks()).filter(({ command }) => command.endsWith("mocha"));
    const files = await Promise.all(mocha.map((check) => filesOf(check)));
    const specs = globSync("tests/**/*.spec.ts", { cwd: checkout });
    assert.deepEqual(files.flat().toSorted(), specs.toSorted());
    const ofFull = mocha.flatMap(({ tier }, index) => (tier === "full" ? (files[index] ?? []) : []));
    assert.deepEqual(ofFull.toSorted(), specs.filter((file) => file.startsWith("tests/full/")).toSorted());
  });

  it("the test that destroys the shared stack is the last of its run", async function () {
    this.timeout("1m");
    const all = await allChecks();
    const [alone] = choose(all, { names: ["stack and e2e"], full: false });
    const together = choose(all, { names: [], full: true }).find(({ title }) => title.startsWith("stack and e2e"));
    assert.ok(alone !== undefined && together !== undefined);
    assert.equal((await filesOf(alone)).at(-1), "tests/e2e/destroy.spec.ts");
    const files = await filesOf(together);
    assert.equal(files.at(-1), "tests/e2e/destroy.spec.ts");
    assert.deepEqual(
      files.filter((file) => file.startsWith("tests/full/stack/")).toSorted(),
      globSync("tests/full/stack/*.spec.ts", { cwd: checkout }).toSorted(),
    );
  });

  /** The files that Mocha would run for a check, in order. */
  async function filesOf({ command, args, specs = [] }: Check): Promise<string[]> {
    const own = [...args.slice(args.indexOf("--reporter-option") + 2), ...specs];
    const listing = ["--dry-run", "--no-parallel", "--reporter=json"];
    const { stdout } = await execa(command, [...own, ...listing], { cwd: checkout });
    const { tests } = JSON.parse(stdout) as { tests: { file: string }[] };
    return [...new Set(tests.map(({ file }) => relative(checkout, file)))];
  }
});

describe("npm test -- --grep", () => {
  const h7 = { names: [], grep: "H7", full: false };

  it("runs the checks that have titled tests, of both tiers, and no other", async () => {
    const titles = titlesOf(choose(await allChecks(), h7));
    assert.deepEqual(titles, [
      "backend tests",
      "frontend tests",
      "aiops tests",
      "unit tests",
      "stack and e2e tests",
      "full stack tests",
      "full e2e tests",
      "tests on several nodes",
      "full tests without a cluster",
      "full load tests",
    ]);
  });

  it("gives the pattern to each test runner in its own way", async () => {
    const ends = choose(await allChecks(), h7).map(({ args }) => args.slice(-2).join(" "));
    assert.deepEqual(ends, ["-k H7", "-t H7", "-t H7", ...Array.from({ length: 7 }, () => "--grep H7")]);
  });

  it("does not ask of the backend's tests that match to cover as much as all of them", async () => {
    const [{ args } = { args: [] as string[] }] = choose(await allChecks(), { ...h7, names: ["backend tests"] });
    assert.ok(args.includes("--no-cov"), "fewer tests than all would fail for their coverage alone");
  });

  it("leaves pytest out where the pattern is no word, since its own patterns are expressions", async () => {
    const titles = titlesOf(choose(await allChecks(), { ...h7, grep: "H7: the previous" }));
    assert.ok(!titles.includes("backend tests"), "pytest would not understand the pattern");
  });

  it("goes together with names of checks", async () => {
    const titles = titlesOf(choose(await allChecks(), { ...h7, names: ["full e2e"] }));
    assert.deepEqual(titles, ["full e2e tests"]);
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
        assert.equal(await runAll([check], { log, results: folder.path, full: false, grep: "H7" }), expected);
      } finally {
        printed.mock.restore();
      }
      const kept = await readFile(log, "utf8");
      assert.match(kept, /^── runner\nsaid by the runner\n/m, "the log must keep what was printed");
      assert.match(kept, tests === 0 ? /^No test has a title/m : /^\d passed, \d failed$/m);
    });
  }
});

describe("a run of checks", () => {
  const script = (text: string): string[] => ["--eval", text];

  /** Runs checks, and gives the exit code with what was printed. */
  const run = async (checks: (folder: string) => Check[], full = false) => {
    await using folder = await createFixture();
    const log = folder.getPath("npm-test.log");
    const printed = mock.method(console, "log", () => undefined);
    try {
      const code = await runAll(checks(folder.path), { log, results: folder.path, full });
      const kept = JSON.parse(await readFile(folder.getPath("durations.json"), "utf8")) as { checks: object };
      return { code, said: await readFile(log, "utf8"), measured: Object.keys(kept.checks) };
    } finally {
      printed.mock.restore();
    }
  };

  /** A check that writes results, after it has said something. */
  const counted = (folder: string, title: string, testcase: string, more: Partial<Check> = {}): Check => {
    const results = join(folder, `${title}.xml`);
    const junit = `<testsuite tests="1" failures="0" errors="0" skipped="0">${testcase}</testsuite>`;
    const text = `console.log("${title} begins"); require("fs").writeFileSync(${JSON.stringify(results)}, ${JSON.stringify(junit)});
      setTimeout(() => console.log("${title} ends"), 300)`;
    return { title, command: process.execPath, args: script(text), results, ...more };
  };
  const passes = `<testcase classname="a" name="b" time="1"/>`;
  const flaky = `<testcase classname="a" name="b" time="1"><flakyFailure/></testcase>`;

  it("keeps what checks say apart that run at the same time, and measures each", async () => {
    const { code, said, measured } = await run((folder) => [
      counted(folder, "computes", passes),
      counted(folder, "waits", passes, { inCluster: true }),
    ]);
    assert.equal(code, 0);
    for (const title of ["computes", "waits"]) {
      assert.match(said, new RegExp(`^── ${title}\n${title} begins\n${title} ends$`, "m"));
    }
    assert.match(said, /^── waits: begun; what it says so far is in .*waits\.log$/m);
    assert.deepEqual(measured.toSorted(), ["computes", "waits"]);
  });

  it("runs two at a time: what waits in a cluster first, and the next as soon as one has ended", async () => {
    const { said, measured } = await run((folder) => [
      counted(folder, "computes", passes),
      counted(folder, "waits", passes, { inCluster: true }),
      counted(folder, "comes later", passes, { inCluster: true }),
    ]);
    const lines = said.split("\n");
    const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));
    assert.ok(at("── waits: begun") < at("computes ends"), "it must run beside what computes");
    assert.ok(at("── comes later: begun") > Math.min(at("computes ends"), at("waits ends")), "a third one must wait");
    assert.deepEqual(measured.toSorted(), ["comes later", "computes", "waits"]);
  });

  it("runs nothing beside what measures, and that at the end", async () => {
    const { said } = await run((folder) => [
      counted(folder, "measures", passes, { inCluster: true, alone: true }),
      counted(folder, "computes", passes),
      counted(folder, "waits", passes, { inCluster: true }),
    ]);
    const lines = said.split("\n");
    const begun = lines.findIndex((line) => line.startsWith("── measures: begun"));
    for (const other of ["computes ends", "waits ends"]) {
      assert.ok(lines.includes(other) && lines.indexOf(other) < begun, `${other} before what measures begins`);
    }
  });

  it("fails when a check fails, on either side", async () => {
    for (const inCluster of [true, false]) {
      const failing: Check = { title: "fails", command: process.execPath, args: script("process.exit(1)"), inCluster };
      const { code, said } = await run((folder) => [counted(folder, "passes", passes), failing]);
      assert.equal(code, 1);
      assert.match(said, /^1 passed, 1 failed$/m);
    }
  });

  it("counts a test that passed on its second try as flaky, which fails npm run test:full alone", async () => {
    const [everyDay, full] = [await run((folder) => [counted(folder, "x", flaky)]), await run((folder) => [counted(folder, "x", flaky)], true)]; // prettier-ignore
    for (const { said } of [everyDay, full]) assert.match(said, /^1 flaky, .*:\n {2}a b$/m);
    assert.deepEqual([everyDay.code, full.code], [0, 1]);
  });
});
