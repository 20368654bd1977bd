import { mkdir } from "node:fs/promises";
import { lock } from "proper-lockfile";
import { cacheFolder } from "../machine/paths.ts";

/**
 * Does some work while no other set-up of this user does any: they share the cache folder and names in Docker. A lock
 * that a killed process left is taken over after ten seconds.
 * @param onWait called once if there is another one to wait for.
 * @param folder what the lock is for. Defaults to the cache folder.
 */
export const oneAtATime = async <T>(work: () => Promise<T>, onWait: () => void, folder = cacheFolder): Promise<T> => {
  await mkdir(folder, { recursive: true });
  const release = await lock(folder).catch(async (error: unknown) => {
    if (!isLocked(error)) throw error;
    onWait();
    return await lock(folder, { retries: { forever: true, minTimeout: 500, maxTimeout: 2_000 } });
  });
  try {
    return await work();
  } finally {
    await release();
  }
};

const isLocked = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ELOCKED";
