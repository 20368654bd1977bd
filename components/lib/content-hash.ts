import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import ignore from "@balena/dockerignore";
import { globSync } from "tinyglobby";

/**
 * Hashes all that a `docker build` of a folder can see, and the Dockerfile.
 * @param folder the build context, with a `Dockerfile` and perhaps a `.dockerignore`.
 * @returns a SHA-256 in hexadecimal, the same on every machine and in every checkout.
 */
export function contextHash(folder: string): string {
  const rules = ignoreRules(join(folder, ".dockerignore"));
  return hashOf(folder, [...new Set(["Dockerfile", ...filesIn(folder, rules)])]);
}

/**
 * Hashes all that Helm installs from a chart; its tests and documentation do not count.
 * @param folder the chart.
 * @returns a SHA-256 in hexadecimal.
 */
export function chartHash(folder: string): string {
  const installed = ["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "{templates,charts,crds}/**"];
  return hashOf(folder, globSync(installed, { cwd: folder, dot: true, followSymbolicLinks: false }));
}

function hashOf(folder: string, files: string[]): string {
  const total = createHash("sha256");
  for (const file of files.toSorted()) {
    const path = join(folder, file);
    const stats = lstatSync(path);
    const content = stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    // Of the mode only what Git keeps: the rest differs from checkout to checkout.
    const kind = stats.isSymbolicLink() ? "link" : stats.mode & 0o100 ? "executable" : "file";
    // Lengths keep one entry from reading as two others.
    total.update(`${file}\0${kind}\0${content.length}\0`).update(content);
  }
  return total.digest("hex");
}

interface Rules {
  ignores: (path: string) => boolean;
  /** Whether the whole of an ignored folder can be left unread. */
  prunes: (folder: string) => boolean;
}

function ignoreRules(file: string): Rules {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const rules = ignore.default().add(text);
  const exceptions = text.split("\n").filter((line) => line.trimStart().startsWith("!"));
  const within = exceptions.map((line) =>
    line
      .trim()
      .slice(1)
      .replace(/^\.?\//, ""),
  );
  return {
    ignores: (path) => rules.ignores(path),
    prunes: (folder) =>
      rules.ignores(folder) && !within.some((pattern) => pattern.includes("*") || pattern.startsWith(`${folder}/`)),
  };
}

function filesIn(root: string, rules: Rules, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return rules.prunes(path) ? [] : filesIn(root, rules, path);
    return rules.ignores(path) ? [] : [path];
  });
}
