import { fileSystemProblem } from "../../machine/file-system.ts";

/** As much of an error of the file system as is told. */
interface FileError {
  code?: string;
  path?: string;
  syscall?: string;
}

/** Whether a file was replaced or removed between being listed and being read, as editors and Git do it. */
export const isGone = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "EISDIR", "EINVAL"].includes(((error ?? {}) as FileError).code ?? "");

const limits: Record<string, string> = {
  ENOSPC: "fs.inotify.max_user_watches is too low. Type: sudo sysctl fs.inotify.max_user_watches=524288",
  EMFILE:
    "fs.inotify.max_user_instances or `ulimit -n` is too low. Type: sudo sysctl fs.inotify.max_user_instances=1024; ulimit -n 65536",
  ENFILE: "fs.file-max is too low. Type: sudo sysctl fs.file-max=1000000",
};

/** What is wrong, in one sentence, and for a limit of the machine what to type. */
export const reasonOf = (error: unknown): string => {
  const { code = "", path, syscall } = (error ?? {}) as FileError;
  const limit = limits[code];
  if (limit !== undefined && syscall === "watch") return `This machine lets no more files be watched: ${limit}`;
  // What says of a watch that there are too many, says of a write that the disk is full.
  const problem = code === "EACCES" || code === "EPERM" ? undefined : fileSystemProblem(error);
  if (problem !== undefined) return problem.message.replaceAll(/\s*\n\s*/g, " ");
  if (path !== undefined && (code === "EACCES" || code === "EPERM"))
    return `${path} cannot be read: permission denied.`;
  if (path !== undefined && code !== "") return `${path} cannot be read (${code}).`;
  return error instanceof Error && error.message !== "" ? error.message : "The pod cannot be reached.";
};
