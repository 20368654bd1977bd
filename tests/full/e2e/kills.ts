import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { WorkingCopy } from "../../helpers/working-copy.ts";

/**
 * How many moments one run of the tests tries, and which. Set `TODO_STACK_KILLS` for more and `TODO_STACK_SEED` for
 * others: those of `npm test` are always the same, so that a failure belongs to the change and not to the day.
 */
export const moments = Number(process.env["TODO_STACK_KILLS"] ?? 2);
const seed = Number(process.env["TODO_STACK_SEED"] ?? 2);

type End = "Ctrl-C" | "Ctrl-C twice" | "SIGKILL to Pulumi" | "SIGKILL to all";
const ends: End[] = ["Ctrl-C", "Ctrl-C twice", "SIGKILL to Pulumi", "SIGKILL to all"];

/** What is under way when it happens, and how long that takes on a quiet machine, in seconds. */
interface Work {
  title: string;
  prepare: (copy: WorkingCopy, moment: number) => Promise<void>;
  args: string[];
  seconds: number;
  /** Whether todos are meant to go with it. */
  losesData?: true;
}

const works: Work[] = [
  {
    title: "an up that builds and releases",
    prepare: async (copy, moment) => {
      await copy.edit("apps/backend/src/app/main.py", "\n", `\n# Moment ${moment}.\n`);
    },
    args: ["up", "--yes", "--skip-preview"],
    seconds: 15,
  },
  {
    title: "an up that changes the chart",
    prepare: async (copy, moment) => {
      await copy.edit("charts/todo/values.yaml", "\n", `\n# Moment ${moment}.\n`);
    },
    args: ["up", "--yes", "--skip-preview"],
    seconds: 8,
  },
  {
    title: "an up with new secrets",
    prepare: async (copy) => {
      const now = await copy.succeed("pulumi", ["config", "get", "jwtSecretGeneration", "--stack", copy.stack]);
      await copy.succeed("pulumi", [
        ...["config", "set", "jwtSecretGeneration", String(Number(now) + 1), "--stack", copy.stack],
      ]);
    },
    args: ["up", "--yes", "--skip-preview"],
    seconds: 15,
  },
  {
    title: "a destroy",
    prepare: () => Promise.resolve(),
    args: ["destroy", "--yes", "--skip-preview"],
    seconds: 15,
    losesData: true,
  },
  {
    title: "an up from nothing",
    prepare: async (copy) => {
      await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    },
    args: ["up", "--yes", "--skip-preview"],
    seconds: 60,
    losesData: true,
  },
];

/**
 * Ends Pulumi at random moments, in all the ways in which people and machines do.
 * @param converge brings the stack up once, looks that it is whole and, unless `losesData`, that no data are lost.
 */
export async function killAtRandom(
  copy: WorkingCopy,
  converge: (losesData: boolean) => Promise<unknown>,
): Promise<void> {
  console.log(`      seed ${seed}: TODO_STACK_SEED=${seed} repeats it`);
  const random = xoroshiro128plus(seed);
  const upTo = (limit: number): number => uniformInt(random, 0, limit - 1);
  for (let moment = 1; moment <= moments; moment += 1) {
    const work = works[upTo(works.length)];
    const end = ends[upTo(ends.length)];
    if (work === undefined || end === undefined) throw new Error("there is nothing to choose from");
    const delay = upTo(work.seconds * 1000) / 1000;
    const what = `${moment}. ${work.title}, ${end} after ${delay.toFixed(1)} s`;
    console.log(`      ${what}`);
    await work.prepare(copy, moment);
    await runAndEnd(copy, work.args, end, delay);
    try {
      await converge(work.losesData === true);
    } catch (error) {
      throw new Error(`${what} (seed ${seed}): ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

async function runAndEnd(copy: WorkingCopy, args: string[], end: End, delay: number): Promise<void> {
  const { pid, kill, ended } = copy.startPulumi(...args);
  await Promise.race([sleep(delay * 1000), ended]);
  if (end === "SIGKILL to all") kill("SIGKILL");
  if (end === "SIGKILL to Pulumi") killPulumiUnder(pid);
  if (end.startsWith("Ctrl-C")) kill("SIGINT");
  if (end === "Ctrl-C twice") {
    await sleep(300);
    kill("SIGINT");
  }
  await ended;
}

/** Kills the Pulumi engine, a child of the process that was started, and no other. */
function killPulumiUnder(parent: number): void {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8");
    for (const pid of children.split(" ").filter(Boolean)) process.kill(Number(pid), "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
