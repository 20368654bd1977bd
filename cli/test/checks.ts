import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { ingressControllerStep, prometheusStep } from "../../offline/registries/go/binaries.ts";
import type { Step } from "../../machine/step.ts";
import { dockerStep } from "../../setup/tools/docker-step.ts";
import { kubeconform, promtool } from "../../setup/tools/chart-checkers.ts";
import { syft } from "../../setup/tools/syft-tool.ts";
import { toolStep } from "../../machine/tool-download.ts";

/** One thing that `npm test` or `npm run test:full` runs. */
export interface Check {
  /** Its heading, and the name to ask for it by: `npm test -- backend`. */
  title: string;
  command: string;
  args: string[];
  /** Mocha's files of tests, in order. They come after the arguments. */
  specs?: string[];
  /**
   * The title of a check that has the same kind of cluster up. When both run whole, it runs these tests too, before its
   * own.
   */
  joins?: string;
  /**
   * `full` for what only `npm run test:full` runs, `cluster` for what `npm run test:cluster` does; or whoever asks for
   * it by name. Defaults to what `npm test` runs.
   */
  tier?: "full" | "cluster";
  /** Whether it brings a cluster up. */
  inCluster?: boolean;
  /** Whether nothing may run beside it, because it measures what the machine has left. It comes last then. */
  alone?: boolean;
  /** What it needs besides what all checks, or all in a cluster, need. */
  needs?: () => Step[];
  /** Defaults to the checkout. */
  cwd?: string;
  /**
   * A file with its results as JUnit's XML. Without one, the check counts as one test and its output is shown on
   * failure.
   */
  results?: string;
  /** Arguments that leave only the tests whose titles match a pattern, if the check has such tests. */
  select?: (pattern: string) => string[] | undefined;
  /** The exit code that says no test matched; otherwise that is 0. */
  nothingSelected?: number;
}

const backend = join(checkout, "apps/backend");
const frontend = join(checkout, "apps/frontend");
const aiops = join(checkout, "apps/aiops");
const chart = join(checkout, "charts/todo");
const resultFile = (name: string): string => join(checkout, "test-results", `${name}.xml`);

/**
 * Timing in a real cluster varies, and beside one it does too, so a test that fails is tried once more. The summary
 * names it, with the reason, and `npm run test:full` fails: it is a fault to look at.
 */
const retried = ["--retries=1"];

/** One file after the other, without the settings of the unit tests. */
const inCluster = ["--no-config", "--forbid-only", ...retried];

/** The tests that share one cluster: those of a stack that is up, those of its life, and as the last one its end. */
const sharingOneCluster = ["tests/stack/**/*.spec.ts", "tests/e2e/!(destroy).spec.ts", "tests/e2e/destroy.spec.ts"];

/**
 * Everything there is to run, in order: what is quick and most likely to fail first, then what takes longest. The
 * folder of a test decides when it runs: `tests/full` is for what takes long and guards what seldom changes.
 */
export const allChecks = async (): Promise<Check[]> => [
  { title: "format", ...npmBin("prettier", "--check", ".") },
  { title: "lint", ...npmBin("eslint", "--max-warnings=0", ".") },
  { title: "types", ...npmBin("tsc", "--noEmit") },
  { title: "shell scripts", command: "shellcheck", args: await shellScripts() },
  {
    title: "workflows",
    command: "actionlint",
    args: await trackedFiles(/^(\.github\/workflows|examples\/deploy)\/[^/]+\.ya?ml$/),
  },
  { title: "Dockerfiles", command: "hadolint", args: await trackedFiles(/(^|[/.])Dockerfile$/) },
  { title: "chart lint", ...helmLint("values.yaml") },
  { title: "chart lint, development", ...helmLint("values-dev.yaml") },
  { title: "chart lint, production", ...helmLint("values-prod.yaml") },
  {
    title: "chart lint, any-app",
    command: "helm",
    args: ["lint", "--strict", join(checkout, "examples/any-app/chart")],
  },
  {
    title: "chart suites",
    command: "untt",
    args: ["--strict", "--output-type", "JUnit", "--output-file", resultFile("chart"), chart],
    results: resultFile("chart"),
  },
  { title: "backend lint", ...uvRun("ruff", "check") },
  { title: "backend format", ...uvRun("ruff", "format", "--check") },
  { title: "backend types", ...uvRun("mypy") },
  {
    title: "backend tests",
    ...uvRun(
      "pytest",
      "--quiet",
      "--numprocesses=auto",
      `--junitxml=${resultFile("backend")}`,
      "-o",
      "junit_family=xunit1",
    ),
    results: resultFile("backend"),
    // Its titles are names of functions, and its own patterns are expressions. Some tests do not cover what all do.
    select: (pattern) => (/^\w+$/.test(pattern) ? ["--no-cov", "-k", pattern] : undefined),
    nothingSelected: 5,
  },
  ...npmApp("frontend", frontend),
  ...npmApp("aiops", aiops),
  { title: "unit tests", ...mocha("unit", retried, ["tests/!(stack|e2e|cluster|full)/**/*.spec.ts"]) },
  ...longChecks(),
];

/** What brings clusters up, and what else takes long. */
const longChecks = (): Check[] => [
  {
    title: "stack and e2e tests",
    inCluster: true,
    needs: () => [toolStep(kubeconform)],
    ...mocha("stack", inCluster, sharingOneCluster),
  },
  {
    title: "full stack tests",
    tier: "full",
    joins: "stack and e2e tests",
    inCluster: true,
    needs: () => [toolStep(syft), ingressControllerStep(), prometheusStep()],
    ...mocha("full-stack", inCluster, ["tests/full/stack/**/*.spec.ts"]),
  },
  {
    title: "full e2e tests",
    tier: "full",
    inCluster: true,
    ...mocha("full-e2e", inCluster, ["tests/full/e2e/**/*.spec.ts"]),
  },
  {
    title: "tests on several nodes",
    tier: "cluster",
    inCluster: true,
    needs: () => [ingressControllerStep()],
    ...mocha("cluster", inCluster, ["tests/cluster/**/*.spec.ts"]),
  },
  {
    title: "full tests without a cluster",
    tier: "full",
    needs: () => [toolStep(promtool), dockerStep()],
    ...mocha("full", [], ["tests/full/!(stack|e2e|load)/**/*.spec.ts"]),
  },
  {
    title: "full load tests",
    tier: "full",
    inCluster: true,
    alone: true,
    ...mocha("full-load", inCluster, ["tests/full/load/**/*.spec.ts"]),
  },
];

const npmBin = (name: string, ...args: string[]) => ({ command: join(checkout, "node_modules", ".bin", name), args });

/** Lints the chart with some of its values, and with those that a release cannot do without. */
const helmLint = (values: string) => {
  const required =
    "backend.image.tag=b1,frontend.image.tag=f1,secrets.backend=todo-backend,secrets.postgres=todo-postgres";
  return { command: "helm", args: ["lint", "--strict", chart, "--values", join(chart, values), "--set", required] };
};

const uvRun = (...args: string[]) => ({ command: "uv", args: ["run", "--locked", ...args], cwd: backend });

/** The checks of an application that has its own npm packages. */
const npmApp = (name: string, cwd: string): Check[] => [
  { title: `${name} lint`, command: "npm", args: ["run", "lint"], cwd },
  { title: `${name} types`, command: "npm", args: ["run", "typecheck"], cwd },
  {
    title: `${name} tests`,
    command: "npm",
    args: ["test", "--", "--reporter=minimal", "--reporter=junit", `--outputFile.junit=${resultFile(name)}`],
    cwd,
    results: resultFile(name),
    select: (pattern) => ["-t", pattern],
  },
];

const mocha = (name: string, args: string[], specs: string[]) => {
  const results = resultFile(name);
  const reporter = [
    "--reporter",
    join(import.meta.dirname, "mocha-reporter.ts"),
    "--reporter-option",
    `output=${results}`,
  ];
  const select = (pattern: string): string[] => ["--grep", pattern];
  return { ...npmBin("mocha", ...reporter, ...args), specs, results, select };
};

/** Every tracked file that a POSIX shell or bash runs, by its name or its first line. */
const shellScripts = async (): Promise<string[]> =>
  (await trackedFiles(/./)).filter((file) => file.endsWith(".sh") || startsWithShell(join(checkout, file)));

/** The files that git tracks whose paths in the checkout match. */
const trackedFiles = async (pattern: RegExp): Promise<string[]> => {
  const { stdout } = await execa("git", ["ls-files", "-z"], {
    cwd: checkout,
    env: toolEnvironment(),
    extendEnv: false,
  });
  return stdout.split("\0").filter((file) => pattern.test(file));
};

const startsWithShell = (file: string): boolean => {
  try {
    return /^#!.*\b(ba|da)?sh\b/.test(readFileSync(file, "latin1").slice(0, 80));
  } catch {
    // A directory behind a link, or a file deleted but still tracked.
    return false;
  }
};
