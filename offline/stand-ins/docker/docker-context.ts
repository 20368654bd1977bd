import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import type { Stats } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { ignoreRules } from "../../../components/build-context/dockerignore.ts";
import type { Rules } from "../../../components/build-context/dockerignore.ts";

/**
 * A digest of all that a build reads from its context: path, mode and content of each file that is not ignored.
 *
 * The Dockerfile counts by its content alone, wherever it is. Of a symbolic link only the path it leads to counts, so a
 * change behind it goes unnoticed.
 * @param context the folder of the build context.
 * @param dockerfile the path of the Dockerfile.
 * @returns a SHA-256 in hexadecimal.
 * @throws Error when a file cannot be read.
 */
export function contextDigest(context: string, dockerfile: string): string {
  const total = createHash("sha256");
  const add = (name: string, mode: string, content: Buffer | string): void => {
    total.update(name).update(mode).update(createHash("sha256").update(content).digest()).update("\0");
  };
  add("Dockerfile", "----------", readFileSync(dockerfile));
  for (const path of filesOf(context, ignoreRules(context, dockerfile))) {
    const file = join(context, path);
    const stats = lstatSync(file);
    add(path, modeText(stats), contentOf(file, stats));
  }
  return total.digest("hex");
}

function* filesOf(context: string, rules: Rules, folder = ""): Generator<string> {
  const entries = readdirSync(join(context, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!rules.prunes(path)) yield* filesOf(context, rules, path);
    } else if (!rules.ignores(path)) yield path;
  }
}

function contentOf(file: string, stats: Stats): Buffer | string {
  if (stats.isFile()) return readFileSync(file);
  if (!stats.isSymbolicLink()) return "";
  // Docker takes a link to nothing as it is. The official plugin refuses it.
  if (!existsSync(file)) return readlinkSync(file);
  const target = realpathSync(file);
  return isAbsolute(file) ? target : relative(process.cwd(), target);
}

/** The mode as `ls` shows it, with L for a link. */
function modeText(stats: Stats): string {
  const bits = "rwxrwxrwx".split("").map((letter, index) => (stats.mode & (0o400 >> index) ? letter : "-"));
  return (stats.isSymbolicLink() ? "L" : "-") + bits.join("");
}
