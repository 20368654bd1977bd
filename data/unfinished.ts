import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isOwnHostName } from "../machine/host-names.ts";
import { isRunning } from "../machine/is-running.ts";

/**
 * Who writes a backup that is not whole yet: the machine and the process, in its name. Older versions of this project
 * wrote none.
 */
const unfinished = /\.dump\.partial(?:-(?<host>.+)-(?<pid>\d+))?$/;

/** In milliseconds. Whoever has written nothing for that long does not write any more. */
const longestPause = 24 * 60 * 60 * 1000;

/** Where a backup is while this process writes it. */
export const unfinishedPath = (path: string): string => `${path}.partial-${hostname()}-${process.pid}`;

/** Removes what backups that were killed have left in a folder, and nothing that may still be written. */
export const removeUnfinished = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const found = unfinished.exec(name);
    if (found === null) continue;
    const path = join(folder, name);
    const { host, pid } = found.groups ?? {};
    const isWritten = host !== undefined && isOwnHostName(host) ? isRunning(Number(pid)) : await hasChanged(path);
    // What cannot be removed keeps nobody from making a backup.
    if (!isWritten) await rm(path, { force: true }).catch(() => undefined);
  }
};

/** Which processes are on another machine nobody here knows. A file that is gone has been finished. */
const hasChanged = async (path: string): Promise<boolean> => {
  try {
    return Date.now() - (await stat(path)).mtimeMs < longestPause;
  } catch {
    return true;
  }
};
