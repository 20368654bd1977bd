import { dirname } from "node:path";
import { UserError } from "../provider/processes/errors.ts";
import { display, pasted } from "./paths.ts";

/** As much of an error of the file system as is told. */
interface FileError {
  code?: string;
  path?: string;
  dest?: string;
}

/**
 * Says what is wrong with a disk, a folder or a limit of the machine, wherever it was met.
 * @returns undefined for any other error.
 */
export const fileSystemProblem = (error: unknown): UserError | undefined => {
  const { code = "", path, dest } = (error ?? {}) as FileError;
  const place = dest ?? path;
  const what = place === undefined ? "A file" : display(place);
  const folder = place === undefined ? "." : pasted(dirname(place));
  const again = "Then type the same command again: it goes on with what is there.";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT": {
      const next = `Free some space: df -h ${folder} shows how much there is, docker system df what Docker takes. ${again}`;
      return new UserError(`${what} cannot be written: no space is left on its disk.`, next, error);
    }
    case "EROFS":
      return new UserError(
        `${what} cannot be written: its file system is read-only.`,
        `Mount it for writing, or clone the project to another folder. XDG_CACHE_HOME names another one for caches. ${again}`,
        error,
      );
    case "EACCES":
    case "EPERM":
      return new UserError(
        `${what} cannot be used by this user: permission denied.`,
        `See whose it is: ls -ld ${folder}. If a command was once run with sudo: sudo chown -R $(id -u) ${folder}. ${again}`,
        error,
      );
    case "EMFILE":
    case "ENFILE":
      return new UserError(
        "This shell lets no more files be opened at a time.",
        `Type: ulimit -n 4096. ${again}`,
        error,
      );
    default:
      return undefined;
  }
};
