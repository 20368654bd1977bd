import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { execa } from "execa";
import pMap from "p-map";
import { readIfPossible } from "../../provider/processes/files.ts";
import { allChecks, type Check } from "./checks.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { checkout, display, logFolder } from "../../machine/paths.ts";
import { makePrivateFolder } from "../../machine/private-files.ts";
import { setUpForTests } from "../../setup/setup.ts";
import { resultsOf } from "./test-results.ts";
import { durations, flakyOf, summarize, type Ran } from "./test-summary.ts";

/** Which tests to run. */
export interface Selection {
  /** Checks whose titles contain one of these. Empty for every check of the tier. */
  names: string[];
  /** Only the tests whose titles match it, and only the checks that have titled tests. */
  grep?: string | undefined;
  /**
   * Every check, instead of those that protect a user every day. A test that passes on its second try then counts as a
   * failure.
   */
  full: boolean;
}

/**
 * Runs checks; goes on after a failure, so that all are seen.
 * @returns the exit code: 0 only if there was something to run and nothing failed.
 * @throws UserError if no check has one of the names.
 */
export const test = async (selection: Selection): Promise<number> => {
  const checks = choose(await allChecks(), selection);
  const cluster = checks.some(({ inCluster }) => inCluster);
  const needs = checks.flatMap((check) => check.needs?.() ?? []);
  await setUpForTests(cluster, needs);
  return await runAll(checks, {
    ...selection,
    // In the cache, so that it is still there when the checkout of a run without a person is not.
    log: join(logFolder, "npm-test.log"),
    results: join(checkout, "test-results"),
  });
};

/**
 * The checks that a selection leaves, with the arguments by which each runs only the tests that match. Whoever asks for
 * names or titles means those of every tier.
 */
export const choose = (all: Check[], { names, grep, full }: Selection): Check[] => {
  const isAnybodys = names.length > 0 || grep !== undefined;
  const ofTier = all.filter(({ tier }) => isAnybodys || tier === undefined || (full && tier === "full"));
  const named = ofTier.filter(
    ({ title }) => names.length === 0 || names.some((name) => title.toLowerCase().includes(name.toLowerCase())),
  );
  if (named.length === 0) {
    const titles = all.map(({ title }) => title);
    throw new UserError(`No check is called ${names.join(" or ")}.`, `There are: ${titles.join(", ")}.`);
  }
  if (grep === undefined) return names.length === 0 ? joined(named) : named;
  return named.flatMap((check) => {
    const selection = check.select?.(grep);
    return selection === undefined ? [] : [{ ...check, args: [...check.args, ...selection] }];
  });
};

/** Puts checks together that can share a cluster, which takes minutes to bring up. */
const joined = (checks: Check[]): Check[] =>
  checks
    .filter(({ joins }) => joins === undefined)
    .map((check) => {
      const more = checks.filter(({ joins }) => joins === check.title);
      if (more.length === 0) return check;
      const all = [...more, check];
      return {
        ...check,
        title: [check, ...more].map(({ title }) => title).join(", "),
        specs: all.flatMap(({ specs = [] }) => specs),
        needs: () => all.flatMap(({ needs }) => needs?.() ?? []),
      };
    });

/** How a run prints and what it keeps. */
export interface Run {
  grep?: string | undefined;
  full: boolean;
  /** A file that gets everything that is printed, in place of what the last run left there. */
  log: string;
  /** A folder for `durations.json`. */
  results: string;
}

/**
 * Runs checks and prints how they went. Those in a cluster wait most of the time, so they run beside others.
 * @returns the exit code.
 */
export const runAll = async (checks: Check[], { grep, full, log, results }: Run): Promise<number> => {
  makePrivateFolder(dirname(log));
  mkdirSync(results, { recursive: true });
  rmSync(log, { force: true });
  const print = (text: string): void => {
    console.log(text);
    appendFileSync(log, `${text}\n`, { mode: 0o600 });
  };
  const all = await runInOrder(checks, print, log);
  const ran = all.filter(({ passed, failed, skipped }) => grep === undefined || passed + failed + skipped.length > 0);
  if (ran.length === 0) {
    print(`\nNo test has a title that matches ${String(grep)}.`);
    return 1;
  }
  writeFileSync(join(results, "durations.json"), durations(ran));
  print(`\n${summarize(ran)}\n\nAll of this is kept in ${display(log)}.`);
  if (ran.some(({ failed }) => failed > 0) || ran.every(({ passed }) => passed === 0)) return 1;
  return full && flakyOf(ran).length > 0 ? 1 : 0;
};

type Print = (text: string) => void;

/**
 * Where there is nothing to run beside those in a cluster, or no such check, one runs after the other, and shows at
 * once what it says. Else two run at a time: first one in a cluster and those that are one test, then whatever comes
 * next, and at the end each that runs alone.
 */
const runInOrder = async (checks: Check[], print: Print, log: string): Promise<Ran[]> => {
  const counted = checks.filter(isCounted);
  const waiting = counted.find(({ inCluster, alone }) => inCluster && !alone);
  const isAlone = waiting === undefined || checks.every(({ inCluster }) => inCluster);
  const next = isAlone ? counted : [waiting, ...counted.filter((check) => check !== waiting)];
  const run = async (check: Counted) => [await (isAlone ? runAlone(check, print, log) : runBeside(check, print))];
  const work = [() => runOnes(checks, print), ...next.filter(({ alone }) => !alone).map((check) => () => run(check))];
  const ran = (await pMap(work, (begin) => begin(), { concurrency: isAlone ? 1 : 2 })).flat();
  for (const check of next.filter(({ alone }) => alone)) ran.push(...(await run(check)));
  return checks.flatMap(({ title }) => ran.filter((each) => each.title === title));
};

/** The checks that are one test, as many at once as there are processors. */
const runOnes = async (checks: Check[], print: Print): Promise<Ran[]> => {
  const one = checks.filter((check) => !isCounted(check));
  return await pMap(one, (check) => runOne(check, print), { concurrency: availableParallelism() });
};

type Counted = Check & Required<Pick<Check, "results">>;

const isCounted = (check: Check): check is Counted => check.results !== undefined;

const runOne = async (check: Check, print: Print): Promise<Ran> => {
  const result = await execa(check.command, argumentsOf(check), { ...optionsOf(check), all: true });
  const output = result.failed ? `\n${result.all || (result.shortMessage ?? "")}` : "";
  print(`\n── ${check.title}${output}`);
  return ranAs(check, result);
};

/** Shows what a check says while it runs. */
const runAlone = async (check: Counted, print: Print, log: string): Promise<Ran> => {
  rmSync(check.results, { force: true });
  print(`\n── ${check.title}`);
  const terminalAndLog = ["inherit" as const, { file: log, append: true }];
  return ranAs(
    check,
    await execa(check.command, argumentsOf(check), {
      ...optionsOf(check),
      stdout: terminalAndLog,
      stderr: terminalAndLog,
    }),
  );
};

/** Shows what a check has said when it has ended, and keeps it in a file until then. */
const runBeside = async (check: Counted, print: Print): Promise<Ran> => {
  rmSync(check.results, { force: true });
  const file = check.results.replace(/\.xml$/, ".log");
  rmSync(file, { force: true });
  if (check.inCluster) print(`\n── ${check.title}: begun; what it says so far is in ${relative(checkout, file)}`);
  const kept = ["pipe" as const, { file, append: true }];
  const options = { ...optionsOf(check), stdout: kept, stderr: kept, all: true } as const;
  const result = await execa(check.command, argumentsOf(check), options);
  print(`\n── ${check.title}\n${result.all}`);
  return ranAs(check, result);
};

const argumentsOf = ({ args, specs = [] }: Check): string[] => [...args, ...specs];

/** Tests run npm, uv and Go themselves. */
const environment = (): NodeJS.ProcessEnv => toolEnvironment(process.env, "tests", "browsers", "npm", "python", "go");

const optionsOf = ({ cwd = checkout }: Check) =>
  ({ cwd, env: environment(), extendEnv: false, reject: false, stdin: "ignore" }) as const;

/** How a command ended. */
interface Ended {
  failed: boolean;
  exitCode?: number | undefined;
  durationMs: number;
}

const ranAs = (check: Check, { failed, exitCode, durationMs }: Ended): Ran => {
  const nothingToRun = exitCode !== undefined && exitCode === check.nothingSelected;
  const junit = check.results === undefined ? undefined : readIfPossible(check.results);
  return { title: check.title, seconds: durationMs / 1000, ...resultsOf(!failed || nothingToRun, junit, check.cwd) };
};
