// Tells what supervises the code in development of edits.
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether something in one of these files or folders has changed. The inodes tell of it: watchers lose files that are
 * replaced.
 * @param {string[]} paths
 * @param {number} since in milliseconds since 1970.
 * @returns {boolean}
 */
export function hasChanged(paths, since) {
  return paths.some((path) => hasChangedAt(path, since));
}

/**
 * @param {string} path
 * @param {number} since
 * @returns {boolean}
 */
function hasChangedAt(path, since) {
  try {
    const stats = lstatSync(path);
    if (stats.ctimeMs > since) return true;
    return stats.isDirectory() && readdirSync(path).some((name) => hasChangedAt(join(path, name), since));
  } catch {
    // It went meanwhile.
    return true;
  }
}
