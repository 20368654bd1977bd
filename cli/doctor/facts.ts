import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { bringsPassphrase } from "../../machine/tool-environment.ts";
import type { PassphraseFacts } from "./verdicts.ts";

/** Whether a folder is there, and may be read and written. */
export const accessTo = (folder: string): "missing" | "denied" | "granted" => {
  if (!existsSync(folder)) return "missing";
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return "granted";
  } catch {
    return "denied";
  }
};

/** Looks for the passphrase of a state. @param env the user's environment. */
export const passphraseFacts = (folder: string, env: NodeJS.ProcessEnv): PassphraseFacts => {
  if (bringsPassphrase(env)) return "brought by the user";
  const found = statSync(join(folder, ".state", "passphrase"), { throwIfNoEntry: false });
  return found === undefined ? "missing" : { mode: found.mode & 0o777 };
};
