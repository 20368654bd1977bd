// Plain JavaScript on built-ins alone: it runs on Node 18, before anything is installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} Package */
/** @typedef {Record<string, Package>} Packages */

/**
 * How npm installs all that a lock file names, whatever NODE_ENV, the user's environment and their .npmrc leave out,
 * and wherever they would put it.
 */
export const installArguments = [
  "ci",
  ...["dev", "optional", "peer"].map((kind) => `--include=${kind}`),
  ...["--install-strategy=hoisted", "--no-legacy-peer-deps", "--package-lock", "--no-dry-run", "--location=project"],
  ...["--bin-links", "--no-install-links", "--no-global"],
  ...["--no-audit", "--no-fund", "--loglevel=error"],
];

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
