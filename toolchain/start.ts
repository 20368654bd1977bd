import { execa } from "execa";
import { confirmed } from "./confirm.ts";
import { environment } from "./environment.ts";
import { checkout } from "./paths.ts";
import { runPulumi } from "./pulumi.ts";
import { setUp } from "./setup.ts";
import { damageOf, plainSettings, stackState } from "./stack-files.ts";
import { stackName } from "./stack.ts";

/**
 * Sets up what is missing, brings the stack up and prints its URL.
 * @param sure true to make another cluster without a question, where the settings ask for it.
 * @returns the exit code.
 */
export const start = async (sure: boolean): Promise<number> => {
  await setUp();
  const stack = stackName();
  const other = otherSettings(checkout, stack);
  if (other.length > 0 && !sure) {
    const what = `Another ${other.join(", ")} means another cluster: all data of the stack ${stack} will be lost.`;
    if (!(await confirmed(`${what} To keep them, first: npm run backup.`))) return 1;
  }
  const code = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack]);
  if (code !== 0) return code;
  const { stdout: url } = await execa("pulumi", ["stack", "output", "url", "--stack", stack], {
    env: environment(),
    extendEnv: false,
  });
  console.log(`\nOpen ${url}`);
  return 0;
};

/** The settings of a stack that its cluster was not made with, and that no cluster can be given later. */
export const otherSettings = (folder: string, stack: string): string[] => {
  const { driver, cpus, memory, port } = plainSettings(folder, stack);
  // What is wrong with a damaged state is said when Pulumi is to work on it.
  const made = damageOf(folder, stack) === undefined ? stackState(folder, stack)?.made : undefined;
  if (made === undefined) return [];
  const isThere = made.ports.length === 0 || made.ports.some((each) => each.includes(`:${port}:`));
  const same = {
    driver: made.driver === driver,
    cpus: made.cpus === cpus,
    memory: made.memory === memory,
    port: isThere,
  };
  return Object.entries(same).flatMap(([key, holds]) => (holds ? [] : [key]));
};
