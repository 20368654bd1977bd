import type { Stats } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Pack } from "tar-stream";
import { isGone } from "./trouble.ts";

/** Some files and links, packed. */
interface Packed {
  /** A tar archive. */
  archive: Buffer;
  /** The paths in it. */
  files: string[];
  /** The paths that were gone before they were read. */
  gone: string[];
}

/**
 * Packs files and links, so that everybody can read them whatever the umask of the checkout.
 * @param folder what the paths are relative to.
 */
export const packed = async (folder: string, entries: Map<string, Stats>): Promise<Packed> => {
  const tar = pack();
  const archive = buffer(tar);
  const files: string[] = [];
  const gone: string[] = [];
  for (const [path, stats] of entries) {
    try {
      await add(tar, folder, path, stats);
      files.push(path);
    } catch (error) {
      if (!isGone(error)) throw error;
      gone.push(path);
    }
  }
  tar.finalize();
  return { archive: await archive, files, gone };
};

const add = async (tar: Pack, folder: string, name: string, stats: Stats): Promise<void> => {
  const path = join(folder, name);
  // Of the mode only what Git keeps: what the user's umask has made of the rest, another user in the pod could not
  // read.
  const header = { name, mtime: stats.mtime, mode: stats.mode & 0o100 ? 0o755 : 0o644 };
  if (stats.isSymbolicLink()) tar.entry({ ...header, type: "symlink", linkname: await readlink(path) });
  else tar.entry(header, await readFile(path));
};
