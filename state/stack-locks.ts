import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isOwnHostName } from "../machine/host-names.ts";
import { isRunning } from "../machine/is-running.ts";
import { UserError } from "../provider/processes/errors.ts";

/** A lock that Pulumi puts on a stack while it works on it. */
export interface Lock {
  /** Path of its file. */
  file: string;
  pid: number | "unknown";
  /** Name of the machine that it runs on; empty when it is not known. */
  host: string;
  /** Whether there is such a process; undefined when it is on another machine. */
  alive?: boolean;
}

/** The locks that Pulumi has put on a stack. */
export const locksOn = (folder: string, stack: string): Lock[] => {
  const locks = join(folder, ".state", ".pulumi", "locks", "organization", "todo-stack", stack);
  const files = existsSync(locks) ? readdirSync(locks).filter((name) => name.endsWith(".json")) : [];
  return files.flatMap((name) => readLock(join(locks, name)));
};

/**
 * For what changes a stack past Pulumi, which would keep two changes apart.
 * @param nothing what was left alone, as a sentence.
 * @throws UserError when Pulumi is at work on the stack, on this machine or, as far as anybody knows, on another one.
 */
export const mustBeFree = (folder: string, stack: string, nothing: string): void => {
  const busy = locksOn(folder, stack).find(({ alive }) => alive !== false);
  if (busy === undefined) return;
  const what = `Pulumi is at work on the stack ${stack}: process ${busy.pid} on ${busy.host}.`;
  throw new UserError(what, `${nothing} Wait until it has ended, or end it by Ctrl-C.`);
};

const readLock = (file: string): Lock[] => {
  try {
    const text = readFileSync(file, "utf8");
    const found = parsed(text);
    // Pulumi gives a lock its name once it is written: what is cut off, a power cut has left.
    if (found === undefined) return isSettled(file) ? [{ file, pid: "unknown", host: "", alive: false }] : [];
    const { pid, hostname: host } = found;
    return [{ file, pid, host, ...(isOwnHostName(host) ? { alive: isRunning(pid) } : {}) }];
  } catch {
    // Given back at this moment.
    return [];
  }
};

/** As much as is read of a lock; undefined when it is none. */
const parsed = (text: string): { pid: number; hostname: string } | undefined => {
  try {
    const { pid, hostname } = JSON.parse(text) as { pid?: unknown; hostname?: unknown };
    return typeof pid === "number" && typeof hostname === "string" ? { pid, hostname } : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a file is as it will stay, also for a clock that was set. */
const isSettled = (file: string): boolean => Math.abs(Date.now() - statSync(file).mtimeMs) > 10_000;
