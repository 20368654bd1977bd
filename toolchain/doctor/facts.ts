import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { bringsPassphrase } from "../environment.ts";
import { stackState } from "../stack-files.ts";
import type { Lock, PassphraseFacts } from "./verdicts.ts";

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

/** Why the state of a stack cannot be read; undefined when it can, or is not there. */
export const damageOf = (folder: string, stack: string): string | undefined => {
  try {
    stackState(folder, stack);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Looks for the passphrase of a state. @param env the user's environment. */
export const passphraseFacts = (folder: string, env: NodeJS.ProcessEnv): PassphraseFacts => {
  if (bringsPassphrase(env)) return "brought by the user";
  const found = statSync(join(folder, ".state", "passphrase"), { throwIfNoEntry: false });
  return found === undefined ? "missing" : { mode: found.mode & 0o777 };
};

/** The locks that Pulumi has put on a stack. */
export const locksOn = (folder: string, stack: string): Lock[] => {
  const locks = join(folder, ".state", ".pulumi", "locks", "organization", "todo-stack", stack);
  const files = existsSync(locks) ? readdirSync(locks).filter((name) => name.endsWith(".json")) : [];
  return files.flatMap((name) => readLock(join(locks, name)));
};

const readLock = (file: string): Lock[] => {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; hostname: string };
    return [host === hostname() ? { pid, host, alive: isAlive(pid) } : { pid, host }];
  } catch {
    // Given back at this moment, or not written yet.
    return [];
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};
