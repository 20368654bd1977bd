import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askInTerminal } from "./agreement.ts";
import type { Ask } from "./agreement.ts";
import { ToolchainError } from "./errors.ts";
import { checkout } from "./paths.ts";
import { runPulumi } from "./pulumi.ts";
import { settingOf, stackName } from "./stack.ts";

const settings: Record<string, string> = { jwt: "jwtSecretGeneration", database: "databasePasswordGeneration" };

/** How the settings of a stack are read, and how Pulumi is run. */
interface Means {
  folder: string;
  settingOf: (key: string) => Promise<string>;
  pulumi: (args: string[], ask: Ask) => Promise<number>;
}

const own: Means = { folder: checkout, settingOf, pulumi: runPulumi };

/**
 * Renews a secret of the stack: raises its number in the settings and brings the stack up. When that is refused, the settings are
 * as before: the next `up` must not renew what nobody asks for any more.
 * @param name `jwt` or `database`.
 * @param ask how a person is asked before data are lost. By default in the terminal.
 * @returns the exit code.
 * @throws ToolchainError when there is no such secret.
 * @throws Error as {@link runPulumi}.
 */
export const rotate = async (name = "jwt", ask: Ask = askInTerminal, means: Means = own): Promise<number> => {
  const setting = settings[name];
  const known = Object.keys(settings).join(" or ");
  if (setting === undefined)
    throw new ToolchainError(`${name} is no secret to renew.`, `Type: npm run rotate -- ${known}`);
  const stack = stackName();
  const generation = Number(await means.settingOf(setting));
  return await orPutBack(join(means.folder, `Pulumi.${stack}.yaml`), ask, async (asked) => {
    const code = await means.pulumi(["config", "set", setting, String(generation + 1), "--stack", stack], asked);
    return code === 0 ? await means.pulumi(["up", "--yes", "--skip-preview", "--stack", stack], asked) : code;
  });
};

/** Puts a file back when the work is refused: when it throws, or a person has not agreed to what it asks. */
const orPutBack = async (file: string, ask: Ask, work: (ask: Ask) => Promise<number>): Promise<number> => {
  const before = existsSync(file) ? readFileSync(file) : undefined;
  let isRefused = true;
  try {
    let isAgreed = true;
    const code = await work(async (what, canKeep) => {
      const answer = await ask(what, canKeep);
      isAgreed = answer !== "stop";
      return answer;
    });
    // An `up` that began and failed may have renewed the secret: the next one must go on with it.
    isRefused = !isAgreed;
    return code;
  } finally {
    if (isRefused && before !== undefined) writeFileSync(file, before);
    else if (isRefused) rmSync(file, { force: true });
  }
};
