import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import pMap from "p-map";
import { allChecks, type Check } from "./checks.ts";
import { environment } from "./environment.ts";
import { ToolchainError } from "./errors.ts";
import { checkout, display, logFolder } from "./paths.ts";
import { setUp, testSteps } from "./setup.ts";

/** How many tests of a check passed and failed. */
export interface Counts {
  passed: number;
  failed: number;
}

/**
 * Runs every check, or those whose titles contain one of `names`; goes on after a failure, so that all are seen.
 * @param grep runs only the tests whose titles match it, and only the checks that have titled tests.
 * @returns the exit code: 0 only if there was something to run and nothing failed.
 */
export const test = async (names: string[], grep?: string): Promise<number> => {
  const checks = choose(await allChecks(), names, grep);
  await setUp(testSteps());
  // In the cache, so that it is still there when the checkout of a run without a person is not.
  return await runAll(checks, join(logFolder, "npm-test.log"), grep);
};

/** The checks that `names` and `grep` leave, with the arguments by which each runs only the tests that match. */
export const choose = (all: Check[], names: string[], grep?: string): Check[] => {
  const named = all.filter(
    ({ title }) => names.length === 0 || names.some((name) => title.toLowerCase().includes(name.toLowerCase())),
  );
  if (named.length === 0) {
    const titles = all.map(({ title }) => title);
    throw new ToolchainError(`No check is called ${names.join(" or ")}.`, `There are: ${titles.join(", ")}.`);
  }
  if (grep === undefined) return named;
  return named.flatMap((check) => {
    const selection = check.select?.(grep);
    return selection === undefined ? [] : [{ ...check, args: [...check.args, ...selection] }];
  });
};

/**
 * Runs checks and prints how many tests of each passed: first those that are one test, as many at once as there are processors,
 * then the others one after the other.
 * @param log a file that gets everything that is printed, in place of what the last run left there.
 * @returns the exit code.
 */
export const runAll = async (checks: Check[], log: string, grep?: string): Promise<number> => {
  mkdirSync(dirname(log), { recursive: true });
  rmSync(log, { force: true });
  const print = (text: string): void => {
    console.log(text);
    appendFileSync(log, `${text}\n`);
  };
  const [several, one] = [checks.filter(isCounted), checks.filter((check) => !isCounted(check))];
  const results = await pMap(one, async (check): Promise<[Check, Counts]> => [check, await runOne(check, print)], {
    concurrency: availableParallelism(),
  });
  for (const check of several) {
    print(`\n── ${check.title}`);
    results.push([check, await runSeveral(check, log)]);
  }
  const ran = results.filter(([, { passed, failed }]) => grep === undefined || passed + failed > 0);
  if (ran.length === 0) {
    print(`\nNo test has a title that matches ${String(grep)}.`);
    return 1;
  }
  const { summary, exitCode } = summarize(ran);
  print(`\n${summary}\n\nAll of this is kept in ${display(log)}.`);
  return exitCode;
};

const runOne = async (check: Check, print: (text: string) => void): Promise<Counts> => {
  const result = await execa(check.command, check.args, { ...optionsOf(check), all: true });
  const output = result.failed ? `\n${result.all || (result.shortMessage ?? "")}` : "";
  print(`\n── ${check.title}${output}`);
  return count(!result.failed, undefined);
};

type Counted = Check & Required<Pick<Check, "results">>;

const isCounted = (check: Check): check is Counted => check.results !== undefined;

const runSeveral = async (check: Counted, log: string): Promise<Counts> => {
  rmSync(check.results, { force: true });
  const terminalAndLog = ["inherit" as const, { file: log, append: true }];
  const result = await execa(check.command, check.args, {
    ...optionsOf(check),
    stdout: terminalAndLog,
    stderr: terminalAndLog,
  });
  const nothingToRun = result.exitCode !== undefined && result.exitCode === check.nothingSelected;
  return count(!result.failed || nothingToRun, readResults(check.results));
};

const optionsOf = ({ cwd = checkout }: Check) =>
  ({ cwd, env: environment(), extendEnv: false, reject: false, stdin: "ignore" }) as const;

const readResults = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/**
 * Counts what a check says of itself. One that gives no numbers is one test; one that fails although all its tests
 * passed, say because it could not end, has failed once more.
 * @param succeeded whether its command did.
 * @param junit its results as JUnit's XML.
 */
export const count = (succeeded: boolean, junit: string | undefined): Counts => {
  const suites = [...(junit ?? "").matchAll(/<testsuite\s([^>]*)>/g)].map(([, attributes = ""]) => attributes);
  const sum = (name: string): number =>
    suites.reduce((total, suite) => total + Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0), 0);
  const failed = sum("failures") + sum("errors");
  const passed = sum("tests") - failed - sum("skipped");
  if (suites.length === 0) return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
};

const summarize = (results: [Check, Counts][]): { summary: string; exitCode: number } => {
  const width = Math.max(...results.map(([{ title }]) => title.length));
  const lines = results.map(
    ([{ title }, { passed, failed }]) =>
      `${failed === 0 ? "✔" : "✖"} ${title.padEnd(width)}  ${passed} passed, ${failed} failed`,
  );
  const passed = results.reduce((sum, [, counts]) => sum + counts.passed, 0);
  const failed = results.reduce((sum, [, counts]) => sum + counts.failed, 0);
  return {
    summary: [...lines, "", `${passed} passed, ${failed} failed`].join("\n"),
    exitCode: failed === 0 && passed > 0 ? 0 : 1,
  };
};
