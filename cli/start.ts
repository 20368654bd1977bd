import { execa } from "execa";
import { askInTerminal } from "../data/loss-agreement.ts";
import type { Ask } from "../data/loss-agreement.ts";
import { environment } from "../machine/tool-environment.ts";
import { runPulumi } from "../pulumi/run-pulumi.ts";
import { setUp } from "../setup/setup.ts";
import { stackName } from "../state/stack.ts";

/**
 * Sets up what is missing, brings the stack up and prints its URL.
 * @param ask what becomes of the data where the settings ask for another cluster or namespace. By default it asks in
 * the terminal.
 * @returns the exit code.
 */
export const start = async (ask: Ask = askInTerminal): Promise<number> => {
  await setUp();
  const stack = stackName();
  const code = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack], ask);
  if (code !== 0) return code;
  const { stdout: url } = await execa("pulumi", ["stack", "output", "url", "--stack", stack], {
    env: environment(),
    extendEnv: false,
  });
  console.log(`\nOpen ${url}`);
  return 0;
};
