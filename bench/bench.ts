import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../provider/processes/errors.ts";
import { checkout } from "../machine/paths.ts";
import { setUp } from "../setup/setup.ts";
import { skaffold } from "../setup/tools/skaffold-tool.ts";
import { toolStep } from "../machine/tool-download.ts";
import { uv } from "../setup/tools/uv-tool.ts";
import { versions } from "../versions.ts";
import { BareCluster } from "./bare-cluster.ts";
import { OwnStack } from "./own-stack.ts";
import { resultsOf, tableOf } from "./result-table.ts";
import { measure } from "./scenario.ts";
import type { Measured } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import type { Contenders } from "./scenarios.ts";
import { SkaffoldStack } from "./skaffold.ts";

/**
 * Measures how long the commands of the stack take, on a copy of this checkout with a cluster of its own, and the same
 * by Skaffold. Prints a table and writes the times to `bench/results/`.
 * @param names the scenarios; all by default.
 * @param runs how often each is run, as a number in text; 5 by default.
 * @returns the exit code: 1 when a scenario failed. The others are told nevertheless.
 * @throws UserError for a scenario that does not exist or a number that is none.
 */
export const bench = async (names: string[], runs?: string): Promise<number> => {
  const chosen = chooseScenarios(names);
  const rounds = countOf(runs);
  await setUp([skaffold, uv].map(toolStep));
  const before = loadavg();
  const { measured, failed } = await measureAll(chosen, rounds);
  const results = resultsOf(measured);
  if (results.length > 0) {
    console.log(`\n${tableOf(results)}\n`);
    const machine = { cpus: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) };
    const load = { before, after: loadavg() };
    const { pulumi, minikube, kubernetes } = versions;
    const used = { node: process.versions.node, pulumi, minikube, kubernetes, skaffold: versions.skaffold };
    await keep({ date: new Date().toISOString(), commit: await commit(), machine, load, versions: used, results });
  }
  return failed === 0 ? 0 : 1;
};

/** The scenarios of these names, in their own order. */
export const chooseScenarios = (names: string[]): string[] => {
  const all = Object.keys(scenarios);
  const wrong = names.find((name) => !all.includes(name));
  if (wrong !== undefined) {
    throw new UserError(`There is no scenario ${wrong}.`, `There are: ${all.join(", ")}.`);
  }
  return all.filter((name) => names.length === 0 || names.includes(name));
};

/** Reads how often to run: 5 times by default. */
export const countOf = (text = "5"): number => {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new UserError(`--runs ${text} is no number of runs from 1 to 99.`, "Type, say: npm run bench -- --runs 5");
};

const measureAll = async (names: string[], rounds: number): Promise<{ measured: Measured[]; failed: number }> => {
  const measured: Measured[] = [];
  let failed = 0;
  const made: { remove: () => Promise<void> }[] = [];
  const contenders = contendersIn(made);
  try {
    for (const name of names) {
      try {
        const scenario = scenarios[name]?.(contenders) ?? { steps: [] };
        const rows = await measure(scenario, rounds, ({ what, by }, seconds) => {
          console.log(`${what}, ${by}: ${seconds.toFixed(2)} s`);
        });
        measured.push(...rows);
      } catch (error) {
        console.error(`${name} failed:`, error);
        failed += 1;
      }
    }
  } finally {
    for (const contender of made.reverse()) await contender.remove();
  }
  return { measured, failed };
};

/** @param made is given each contender as it is made. */
const contendersIn = (made: { remove: () => Promise<void> }[]): Contenders => {
  const once = <T extends { remove: () => Promise<void> }>(make: () => Promise<T>): (() => Promise<T>) => {
    let contender: Promise<T> | undefined;
    return () =>
      (contender ??= make().then((result) => {
        made.push(result);
        return result;
      }));
  };
  const own = once(() => OwnStack.create());
  const skaffold = once(async () => SkaffoldStack.create(await own()));
  const bare = once(async () => BareCluster.create((await own()).copy.folder));
  return { own, skaffold, bare };
};

const commit = async (): Promise<string> =>
  (await execa("git", ["describe", "--always", "--dirty"], { cwd: checkout })).stdout;

const keep = async (outcome: { date: string; [what: string]: unknown }): Promise<void> => {
  const folder = join("bench", "results");
  const file = join(folder, `${outcome.date.slice(0, 16).replace(":", "")}.json`);
  await mkdir(join(checkout, folder), { recursive: true });
  await writeFile(join(checkout, file), `${JSON.stringify(outcome, undefined, 2)}\n`);
  console.log(`All times: ${file}`);
};
