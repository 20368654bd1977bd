import { lstatSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join } from "node:path";
import { filesIn } from "../../components/build-context/content-hash.ts";
import { applications } from "../../components/lib/development.ts";
import { ignoreRules } from "../../components/build-context/dockerignore.ts";
import { checkout } from "../../machine/paths.ts";
import { quoted } from "../../provider/processes/shell-word.ts";
import { packed } from "./archive.ts";
import { isGone } from "./trouble.ts";

/** A part of the application. */
export type Application = keyof typeof applications;

/** The code of an application. */
export interface Code {
  /** Its build context. */
  context: string;
  /** The folders in it that hold the code. */
  folders: string[];
}

/** Runs a script in the sidecar of a pod, and gives what it printed. */
export type Run = (script: string) => Promise<string>;

/** What was done to the copy of the code in a pod. */
export interface Copied {
  files: string[];
  removed: string[];
}

/**
 * Where the sidecar of the chart has the volume that the code is copied into, and what tells it that all of it is
 * there.
 */
const [volume, complete] = ["/source", ".complete"];

/**
 * What the volume of the chart has room for, in bytes, and how it is counted: a little less than its size limit, above
 * which the pod would be evicted.
 */
export const room = 60 * 1024 * 1024;
const block = 4096;

/** As much as one script may carry, in bytes. A larger file comes alone. */
const load = 4 * 1024 * 1024;

/** The code of an application in this checkout. */
export const codeOf = (application: Application): Code => {
  const { context, code } = applications[application];
  return { context: join(checkout, context), folders: code };
};

/** What is in a volume: each file with what was known of it when it was copied, and each folder. */
interface Content {
  files: Map<string, string>;
  folders: Set<string>;
}

/**
 * The copy of the code in one pod. It is compared with the checkout as a whole, since events of files come late or not
 * at all.
 */
export class CodeCopy {
  readonly #code: Code;
  /** What is in the pod; undefined while that is not known. */
  #content: Content | undefined;

  constructor(code: Code) {
    this.#code = code;
  }

  /**
   * Makes the copy what the checkout is.
   * @param changed paths that are copied even if they look as before.
   * @returns what was done, and whether something changed meanwhile, so that it must be done again.
   * @throws Error when the checkout cannot be read, the code is too large for the pod, or a script fails. After a
   * script that has
   *   failed the next time copies everything.
   */
  async update(changed: ReadonlySet<string>, run: Run): Promise<Copied & { again: boolean }> {
    const entries = entriesOf(this.#code);
    refuseTooLarge(entries);
    const there = this.#content;
    const content = there ?? (await contentOf(run));
    const wanted = {
      files: new Map([...entries].map(([path, stats]) => [path, signatureOf(stats)])),
      folders: foldersOf(entries),
    };
    const left = [
      ...[...content.files.keys()].filter((path) => !wanted.files.has(path) && path !== complete),
      // Those at the top are mounted into the containers as they are.
      ...[...content.folders].filter((path) => !wanted.folders.has(path) && !this.#code.folders.includes(path)),
    ];
    const different = [...entries].filter(
      ([path]) => changed.has(path) || content.files.get(path) !== wanted.files.get(path),
    );
    if (there !== undefined && left.length + different.length === 0) return { files: [], removed: [], again: false };

    this.#content = undefined;
    // First, since a file may be where a folder was.
    if (left.length > 0) await run(removal(left));
    const copied: string[] = [];
    const gone: string[] = [];
    for (const part of parted(different)) {
      const { archive, files, gone: missing } = await packed(this.#code.context, new Map(part));
      if (files.length > 0) await run(extraction(archive));
      copied.push(...files);
      gone.push(...missing);
    }
    if (there === undefined) await run(`touch ${volume}/${complete}`);
    for (const path of gone) wanted.files.set(path, "");
    this.#content = wanted;
    return { files: copied, removed: left, again: gone.length > 0 };
  }
}

/** The files and links of the code, as they are at this moment. */
const entriesOf = ({ context, folders }: Code): Map<string, Stats> => {
  const rules = ignoreRules(context);
  const entries = new Map<string, Stats>();
  for (const folder of folders) {
    if (statsOf(join(context, folder))?.isDirectory() !== true) continue;
    for (const path of filesIn(context, rules, folder)) {
      const stats = statsOf(join(context, path));
      if (stats?.isFile() === true || stats?.isSymbolicLink() === true) entries.set(path, stats);
    }
  }
  return entries;
};

const statsOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

/** Changes with every write and with the kind of what is at a path. */
const signatureOf = (stats: Stats): string =>
  [stats.isSymbolicLink() ? "link" : "file", stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(" ");

/** All folders on the way to some files. */
const foldersOf = (files: Map<string, unknown>): Set<string> => {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let folder = dirname(path); folder !== "." && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  return folders;
};

const refuseTooLarge = (entries: Map<string, Stats>): void => {
  const sizes = [...entries].map(([path, { size }]) => ({ path, size: Math.ceil(size / block) * block }));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  if (total <= room) return;
  const largest = sizes.reduce((one, other) => (other.size > one.size ? other : one));
  const what = `The code takes ${inMebibytes(total)}, and its pod has room for ${inMebibytes(room)}.`;
  const most = `${largest.path} takes most of it, ${inMebibytes(largest.size)}.`;
  throw new Error(`${what} ${most} Nothing is copied until it is smaller.`);
};

const inMebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** What is in the volume, of which nothing is known. */
const contentOf = async (run: Run): Promise<Content> => {
  // A name may hold line breaks.
  const printed = await run(`cd ${volume} && find . -type d -print0 && echo && find . ! -type d -print0`);
  const [folders = [], files = []] = printed.split("\0\n").map(pathsIn);
  return { files: new Map(files.map((path) => [path, ""])), folders: new Set(folders) };
};

/** What `find` has found below the current folder. */
const pathsIn = (found: string): string[] =>
  found
    .split("\0")
    .filter((path) => path.startsWith("./"))
    .map((path) => path.slice(2));

const parted = (entries: [string, Stats][]): [string, Stats][][] => {
  const parts: [string, Stats][][] = [];
  let size = Infinity;
  for (const entry of entries) {
    size += entry[1].size;
    if (size > load) {
      parts.push([]);
      size = entry[1].size;
    }
    parts.at(-1)?.push(entry);
  }
  return parts;
};

// In words that the shells and programs of all base images know.

/** `printf` is part of the shell: its arguments may be as many as they like. */
const removal = (paths: string[]): string =>
  `cd ${volume} && printf '%s\\0' ${paths.map(quoted).join(" ")} | xargs -0 rm -rf --`;

const extraction = (archive: Buffer): string => {
  const lines = archive.toString("base64").match(/.{1,4096}/g) ?? [];
  return [`cd ${volume} && umask 022 && base64 -d <<'END' | tar -xof -`, ...lines, "END"].join("\n");
};
