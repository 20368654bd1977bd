import { execFileSync } from "node:child_process";
import { readIfPossible } from "../processes/files.ts";

/**
 * The command line by which the Pulumi was started that has started this process, without its first word: `destroy
 * --yes`. The engine itself tells no provider which operation it is.
 * @param process the one that has started this process.
 * @returns undefined where the system does not say.
 */
export function commandOfEngine(process: number): string[] | undefined {
  return fromProc(process) ?? fromPs(process);
}

/** Linux keeps the words apart. */
function fromProc(process: number): string[] | undefined {
  return readIfPossible(`/proc/${process}/cmdline`)?.split("\0").slice(1, -1);
}

/** macOS tells them in one line. */
function fromPs(process: number): string[] | undefined {
  try {
    const line = execFileSync("ps", ["-ww", "-o", "args=", "-p", String(process)], { encoding: "utf8" });
    return line.trim().split(/\s+/).slice(1);
  } catch {
    return undefined;
  }
}
