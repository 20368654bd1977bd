import { ToolchainError } from "./errors.ts";
import { runPulumi } from "./pulumi.ts";
import { settingOf, stackName } from "./stack.ts";

const settings: Record<string, string> = { jwt: "jwtSecretGeneration", database: "databasePasswordGeneration" };

/**
 * Renews a secret of the stack: raises its number in the settings and brings the stack up.
 * @param name `jwt` or `database`.
 * @returns the exit code.
 */
export const rotate = async (name = "jwt"): Promise<number> => {
  const setting = settings[name];
  const known = Object.keys(settings).join(" or ");
  if (setting === undefined)
    throw new ToolchainError(`${name} is no secret to renew.`, `Type: npm run rotate -- ${known}`);
  const stack = stackName();
  const generation = Number(await settingOf(setting));
  const code = await runPulumi(["config", "set", setting, String(generation + 1), "--stack", stack]);
  return code === 0 ? await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack]) : code;
};
