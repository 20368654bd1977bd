// Plain JavaScript on built-ins alone: it runs on Node 18, before anything is installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} Package */
/** @typedef {Record<string, Package>} Packages */

/**
 * True if `node_modules` holds what `package-lock.json` asks for, no more and no less.
 * @param {string} checkout
 */
export const packagesAreInstalled = (checkout) => {
  const locked = readPackages(join(checkout, "package-lock.json"));
  const installed = readPackages(join(checkout, "node_modules", ".package-lock.json"));
  return locked !== undefined && installed !== undefined && samePackages(locked, installed);
};

/**
 * Compares the packages of a lock file with those that npm says it installed. Optional ones, such as builds for other
 * platforms, need not be there.
 * @param {Packages} locked
 * @param {Packages} installed
 */
export const samePackages = (locked, installed) => {
  const wanted = Object.entries(locked).filter(([path]) => path.startsWith("node_modules/"));
  const there = Object.entries(installed).filter(([path]) => path.startsWith("node_modules/"));
  return (
    wanted.every(([path, { version, optional }]) =>
      path in installed ? installed[path]?.version === version : optional === true,
    ) && there.every(([path]) => path in locked)
  );
};

/**
 * @param {string} file
 * @returns {Packages | undefined}
 */
const readPackages = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
};
