import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isOwnHostName } from "../machine/host-names.ts";
import { isRunning } from "../machine/is-running.ts";

/** A lock that Pulumi puts on a stack while it works on it. */
export interface Lock {
  /** Path of its file. */
  file: string;
  pid: number;
  /** Name of the machine that it runs on. */
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

const readLock = (file: string): Lock[] => {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; hostname: string };
    return [{ file, pid, host, ...(isOwnHostName(host) ? { alive: isRunning(pid) } : {}) }];
  } catch {
    // Given back at this moment, or not written yet.
    return [];
  }
};
