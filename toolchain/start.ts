import { execa } from "execa";
import { agreeToAll, askInTerminal } from "./agreement.ts";
import { environment } from "./environment.ts";
import { runPulumi } from "./pulumi.ts";
import { setUp } from "./setup.ts";
import { stackName } from "./stack.ts";

/**
 * Sets up what is missing, brings the stack up and prints its URL.
 * @param sure true to lose data without a question, where the settings ask for another cluster or namespace.
 * @returns the exit code.
 */
export const start = async (sure: boolean): Promise<number> => {
  await setUp();
  const stack = stackName();
  const ask = sure ? agreeToAll : askInTerminal;
  const code = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack], ask);
  if (code !== 0) return code;
  const { stdout: url } = await execa("pulumi", ["stack", "output", "url", "--stack", stack], {
    env: environment(),
    extendEnv: false,
  });
  console.log(`\nOpen ${url}`);
  return 0;
};
