import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { UserError } from "../provider/processes/errors.ts";
import { cacheFolder, display } from "../machine/paths.ts";
import type { Step } from "../machine/step.ts";

const gigabyte = 1e9;

/**
 * What a first set-up wrote, in gigabytes, scaled down to its steps: with six of them 6.9 of modules, 4.9 of what was
 * compiled and 2.7 of programs, which are tools, images and Minikube's cache.
 */
const written = {
  modules: { once: 0.5, perStep: 1.1 },
  compiled: { once: 0.2, perStep: 0.8 },
  programs: { once: 0.1, perStep: 0.45 },
};

/** A folder that set-up fills, with the bytes that it writes into it at most. */
interface Demand {
  folder: string;
  bytes: number;
}

/** The file system that a folder is on, or will be, and how many bytes are free on it. */
export type FileSystem = (folder: string) => Promise<{ device: number; free: number }>;

/**
 * What the steps write that compile; nothing if none does. What was compiled before an interruption is not counted
 * again.
 */
export const demandsOf = (steps: Step[], user: NodeJS.ProcessEnv = process.env): Demand[] => {
  const count = steps.filter(({ compiles }) => compiles === true).length;
  if (count === 0) return [];
  const { modules, compiled } = goCaches(user);
  return [
    { folder: modules, bytes: bytesOf(written.modules, count) },
    { folder: compiled, bytes: bytesOf(written.compiled, count) },
    { folder: cacheFolder, bytes: bytesOf(written.programs, count) },
  ];
};

const bytesOf = ({ once, perStep }: { once: number; perStep: number }, count: number): number =>
  (once + perStep * count) * gigabyte;

/** Where Go keeps what it downloads and compiles. Go need not be installed yet. */
const goCaches = (user: NodeJS.ProcessEnv): { modules: string; compiled: string } => ({
  modules: user["GOMODCACHE"] ?? join(user["GOPATH"] ?? join(homedir(), "go"), "pkg", "mod"),
  compiled: user["GOCACHE"] ?? join(user["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "go-build"),
});

/**
 * Makes sure that there is space for what set-up writes, before it begins with what takes long.
 * @throws UserError naming the folders on the file system that is too full, how much is needed and how much is there.
 */
export const mustHaveSpace = async (demands: Demand[], fileSystem: FileSystem = askFileSystem): Promise<void> => {
  const systems = new Map<number, { free: number; demands: Demand[] }>();
  for (const demand of demands) {
    const { device, free } = await fileSystem(demand.folder);
    systems.set(device, { free, demands: [...(systems.get(device)?.demands ?? []), demand] });
  }
  for (const { free, demands: own } of systems.values()) {
    const needed = own.reduce((sum, { bytes }) => sum + bytes, 0);
    if (needed <= free) continue;
    const folders = own.map(({ folder }) => display(folder)).join(", ");
    throw new UserError(
      `Set-up needs ${inGigabytes(needed)} of free disk space for ${folders}, and there are ${inGigabytes(free)}.`,
      "Free some, or name folders on a larger disk by GOMODCACHE, GOCACHE and XDG_CACHE_HOME; then run the same command again.",
    );
  }
};

const inGigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;

const askFileSystem: FileSystem = async (folder) => {
  const place = existing(folder);
  const [{ dev }, { bavail, bsize }] = await Promise.all([stat(place), statfs(place)]);
  return { device: dev, free: bavail * bsize };
};

const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));
