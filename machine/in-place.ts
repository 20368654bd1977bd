import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { isRunning } from "./is-running.ts";

/**
 * Fills a folder beside its final place and moves it there at the end, so that what exists is complete. Leftovers of
 * runs that were killed are removed.
 * @param folder the final place. If it exists, nothing is done.
 * @param fill puts everything into the folder it is given.
 */
export const fillInPlace = async (folder: string, fill: (draft: string) => Promise<void>): Promise<void> => {
  if (existsSync(folder)) return;
  await removeLeftovers(folder);
  const draft = `${folder}.partial-${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    // Another set-up was faster, with the same result.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const removeLeftovers = async (folder: string): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length)))) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
};
