import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Pack } from "tar-stream";

/** What some paths of a folder are at this moment. */
export interface Snapshot {
  /** A tar archive of the files and links among them. */
  archive: Buffer;
  /** The paths in the archive. */
  files: string[];
  /** The paths at which there is nothing. */
  missing: string[];
}

/**
 * Takes a snapshot of some paths. Folders come with their files.
 * @param folder what the paths are relative to.
 */
export const snapshotOf = async (folder: string, paths: string[]): Promise<Snapshot> => {
  const tar = pack();
  const archive = buffer(tar);
  const files: string[] = [];
  const missing: string[] = [];
  for (const path of paths) {
    try {
      if (await add(tar, folder, path)) files.push(path);
    } catch (error) {
      // Gone between being listed and being read, as editors do it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      missing.push(path);
    }
  }
  tar.finalize();
  return { archive: await archive, files, missing };
};

const add = async (tar: Pack, folder: string, name: string): Promise<boolean> => {
  const path = join(folder, name);
  const stats = await lstat(path);
  // Of the mode only what Git keeps: what the user's umask has made of the rest, another user in the pod could not read.
  const header = { name, mtime: stats.mtime, mode: stats.mode & 0o100 ? 0o755 : 0o644 };
  if (stats.isSymbolicLink()) tar.entry({ ...header, type: "symlink", linkname: await readlink(path) });
  else if (stats.isFile()) tar.entry(header, await readFile(path));
  else return false;
  return true;
};
