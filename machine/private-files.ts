import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../provider/processes/errors.ts";
import { display, pasted } from "./paths.ts";

/** The bits of a mode that are for others than the owner. */
const forOthers = 0o077;

/**
 * Makes a folder that only its owner can use, whatever the umask says. In one that others could use, everything is
 * taken away from them: an older version of this project, or a copy, may have left it so.
 * @throws UserError when it belongs to somebody else.
 */
export const makePrivateFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // It may be a link, whose own mode is always 0777.
  const { mode } = statSync(folder);
  if ((mode & forOthers) === 0) return;
  try {
    closeAll(folder);
    // Last, so that a run that is killed half-way is seen as one that has not been done.
    chmodSync(folder, 0o700);
  } catch (error) {
    const what = `Others can read ${display(folder)}, and that cannot be changed: ${(error as Error).message}`;
    throw new UserError(what, `Type: sudo chown -R $(id -u) ${pasted(folder)}`, error);
  }
};

/** What others have put there is theirs, and what a link leads to is somewhere else. */
const closeAll = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined || entry.isSymbolicLink()) continue;
    if (entry.isDirectory()) closeAll(path);
    if ((entry.mode & forOthers) !== 0) chmodSync(path, entry.mode & 0o700);
  }
};

/** Writes a file for its owner alone: there whole or not at all, whatever the disk or the power does. */
export const writeWhole = (file: string, text: string): void => {
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  writeOut(draft);
  renameSync(draft, file);
  writeOut(dirname(file));
};

/** Makes sure that a file, or the names in a folder, are on the disk, so that they are there after a power cut. */
export const writeOut = (path: string): void => {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
};
