import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { readIfThere } from "../../provider/processes/files.ts";
import { ignoreRules } from "./dockerignore.ts";
import type { Rules } from "./dockerignore.ts";

/** The files of a folder that count, each with 16 hexadecimal digits that change with its content or its kind. */
export type Files = Record<string, string>;

/**
 * Reads all that a `docker build` of a folder can see, and the Dockerfile.
 * @param folder the build context, with a `Dockerfile` and perhaps a `.dockerignore`.
 * @param except folders in it that do not count.
 */
export function contextFiles(folder: string, except: string[] = []): Files {
  const rules = ignoreRules(folder);
  const prunes = (path: string): boolean => except.includes(path) || rules.prunes(path);
  return read(folder, [...new Set(["Dockerfile", ...filesIn(folder, { ...rules, prunes })])]);
}

/**
 * Reads all that Helm installs from a chart; its tests and documentation do not count, nor what its `.helmignore`
 * leaves out.
 * @param folder the chart.
 */
export function chartFiles(folder: string): Files {
  const patterns = [
    "Chart.yaml",
    "Chart.lock",
    "values.yaml",
    "values.schema.json",
    "{templates,files,charts,crds}/**",
  ];
  return readFiles(folder, patterns, helmIgnores(folder));
}

/**
 * The names in a `.helmignore`, as patterns, and what Helm leaves out by itself. Its paths lead to what is not read
 * here.
 */
function helmIgnores(folder: string): string[] {
  const lines = readIfThere(join(folder, ".helmignore"))?.split("\n") ?? [];
  const names = lines
    .map((line) => line.trim().replace(/\/$/, ""))
    .filter((line) => line !== "" && !/^#|\//.test(line));
  return ["templates/.?*", ...names.flatMap((name) => [`**/${name}`, `**/${name}/**`])];
}

/** Reads the files of a folder that match patterns, but for those that match others. */
export function readFiles(folder: string, patterns: string[], except: string[] = []): Files {
  return read(folder, globSync(patterns, { cwd: folder, ignore: except, dot: true, followSymbolicLinks: false }));
}

/** Names the whole of some files by 16 hexadecimal digits, the same on every machine and in every checkout. */
export function hashOf(files: Files): string {
  return shortHash(JSON.stringify(files));
}

/**
 * Names what can be shown of files, whose number may be any: above a number of lines it names folders, the deepest
 * first, each with the hash of all that is in it.
 * @param most how many lines there may be. There are more only when so many files and folders lie in the top folder.
 */
export function outlineOf(files: Files, most = 1_000): Files {
  const paths = Object.keys(files);
  const linesAt = (depth: number): number => new Set(paths.map((path) => cutAt(path, depth))).size;
  let depth = paths.reduce((deepest, path) => Math.max(deepest, path.split("/").length), 1);
  while (depth > 1 && linesAt(depth) > most) depth -= 1;
  const lines = Map.groupBy(Object.entries(files), ([path]) => cutAt(path, depth));
  return Object.fromEntries([...lines].map(([line, inIt]) => [line, files[line] ?? hashOf(Object.fromEntries(inIt))]));
}

/** A path, or the folder in it at a depth. */
function cutAt(path: string, depth: number): string {
  const parts = path.split("/");
  return parts.length > depth ? `${parts.slice(0, depth).join("/")}/` : path;
}

function read(folder: string, files: string[]): Files {
  return Object.fromEntries(files.toSorted().map((file) => [file, fileHash(join(folder, file))]));
}

function fileHash(path: string): string {
  const stats = lstatSync(path);
  // Of the mode only what Git keeps: the rest differs from checkout to checkout.
  if (stats.isSymbolicLink()) return shortHash("link\0", readlinkSync(path));
  return shortHash(stats.mode & 0o100 ? "executable\0" : "file\0", readFileSync(path));
}

function shortHash(...parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

/**
 * The files and links of a build context, or of a folder in it, that its rules let in; paths are relative to the
 * context.
 */
export function filesIn(root: string, rules: Rules, folder = ""): string[] {
  return entriesOf(root, rules, folder).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return rules.prunes(path) ? [] : filesIn(root, rules, path);
    return rules.ignores(path) || !(entry.isFile() || entry.isSymbolicLink()) ? [] : [path];
  });
}

function entriesOf(root: string, rules: Rules, folder: string): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    // Docker looks into an ignored folder for exceptions, and goes on where it may not.
    if ((error as NodeJS.ErrnoException).code === "EACCES" && folder !== "" && rules.ignores(folder)) return [];
    throw error;
  }
}

/** Those of a folder's files that are links to nothing. */
export function brokenLinks(folder: string, files: Files): string[] {
  return Object.keys(files).filter((file) => !existsSync(join(folder, file)));
}
