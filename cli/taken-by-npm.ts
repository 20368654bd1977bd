import { join } from "node:path";
import { readIfPossible } from "../provider/processes/files.ts";
import { asWord } from "../provider/processes/shell-word.ts";

/** An option of a command that npm has kept for itself. */
interface Taken {
  /** As it was typed. */
  typed: string;
  /** As the command takes it. */
  wanted: string;
}

/** Options that npm has too: who types them before the `--` may mean npm. */
const ofNpm = ["--yes", "--json"];

/**
 * The options that somebody has typed for a command and npm has kept, because there was no `--` before them. npm gives
 * them to the command as variables alone, and removes them from its words.
 * @param flags those of the command.
 * @param folder where the settings of npm for this project are.
 */
export const takenByNpm = (flags: string[], env: NodeJS.ProcessEnv, folder: string): Taken[] =>
  flags.flatMap((text) => {
    const [flag = "", argument] = text.split(" ");
    const value = env[variableOf(flag)];
    if (value === undefined || ofNpm.includes(flag) || isSetting(flag, env, folder)) return [];
    if (argument === undefined) return [{ typed: flag, wanted: flag }];
    // npm takes the word after an option that it does not know for one of the script.
    const hasValue = value !== "true" && value !== "";
    return hasValue
      ? [{ typed: `${flag}=${value}`, wanted: asWord(`${flag}=${value}`) }]
      : [{ typed: flag, wanted: `${flag} ${argument.replaceAll(/[<>]/g, "")}` }];
  });

/** Takes away the variables that npm makes of options: no command that this one starts is meant. */
export const forgetTaken = (flags: string[], env: NodeJS.ProcessEnv): void => {
  for (const flag of flags.map(longOf)) if (!ofNpm.includes(flag)) Reflect.deleteProperty(env, variableOf(flag));
};

const longOf = (flags: string): string => flags.split(" ")[0] ?? "";

const variableOf = (flag: string): string => `npm_config_${flag.replace(/^--/, "").replaceAll("-", "_")}`;

/** npm makes such variables of its files of settings, too. */
const isSetting = (flag: string, env: NodeJS.ProcessEnv, folder: string): boolean => {
  const files = [env["npm_config_userconfig"], env["npm_config_globalconfig"], join(folder, ".npmrc")];
  const line = new RegExp(`^\\s*${flag.replace(/^--/, "")}\\s*=`, "m");
  return files.some((file) => file !== undefined && line.test(readIfPossible(file) ?? ""));
};
