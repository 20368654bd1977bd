import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { watch } from "chokidar";
import type { FSWatcher } from "chokidar";
import { contextFiles, hashOf, readFiles } from "../../components/build-context/content-hash.ts";
import { applications } from "../../components/lib/development.ts";
import { ignoreRules } from "../../components/build-context/dockerignore.ts";
import type { Rules } from "../../components/build-context/dockerignore.ts";
import { checkout } from "../../machine/paths.ts";
import type { Application } from "./code-copy.ts";

/** What a path of the checkout means to a running stack. */
type Meaning =
  /** Code that the pods of an application have a copy of; `path` is relative to its build context. */
  | { kind: "code"; application: Application; path: string }
  /** Something that `up` works on. */
  | { kind: "up" }
  | { kind: "nothing" };

/** What is told of changes. Each gets what has changed within a few milliseconds at once. */
export interface ChangeObserver {
  code: (application: Application, paths: string[]) => void;
  up: () => void;
  /** Files can be watched no more: a limit of the machine, a folder that cannot be read. Told once. */
  failed: (error: unknown) => void;
}

/** From one save of an editor to its last event. */
const pause = 15;

const program = ["index.ts", "config.ts", "Pulumi.yaml", "components", "versions.ts", "provider", "charts/todo"];

/** What a build reads of its context besides, whatever its rules leave out. */
const always = ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"];

/** Which paths of a checkout mean something to a stack that runs. */
export class Sources {
  readonly #folder: string;
  readonly #program: string[];
  readonly #contexts: { application: Application; context: string; code: string[]; rules: Rules }[];

  constructor(stack: string, folder: string = checkout) {
    this.#folder = folder;
    this.#program = [...program, `Pulumi.${stack}.yaml`];
    this.#contexts = (Object.keys(applications) as Application[]).map((application) => {
      const { context, code } = applications[application];
      return { application, context: join(context), code, rules: ignoreRules(join(folder, context)) };
    });
  }

  /** @param path relative to the checkout. */
  meaningOf(path: string): Meaning {
    for (const { application, context, code, rules } of this.#contexts) {
      if (!isIn(context, path)) continue;
      const inContext = relative(context, path);
      if (always.includes(inContext)) return { kind: "up" };
      if (rules.ignores(inContext)) return { kind: "nothing" };
      const isCode = code.some((folder) => isIn(folder, inContext));
      return isCode ? { kind: "code", application, path: inContext } : { kind: "up" };
    }
    return this.#program.some((entry) => isIn(entry, path)) ? { kind: "up" } : { kind: "nothing" };
  }

  /** Whether nothing in a folder means anything, so that it need not be watched. */
  #prunes(path: string): boolean {
    if (path === "") return false;
    const context = this.#contexts.find((each) => isIn(each.context, path) && each.context !== path);
    if (context !== undefined) {
      const inContext = relative(context.context, path);
      return !always.includes(inContext) && context.rules.prunes(inContext);
    }
    const entries = [...this.#program, ...this.#contexts.map((each) => each.context)];
    return !entries.some((entry) => isIn(entry, path) || isIn(path, entry));
  }

  /** Reads the rules of a build context anew, and watches what they let in now. */
  #readRules(path: string, watcher: FSWatcher): void {
    const changed = this.#contexts.find(({ context }) => isIn(context, path));
    if (changed === undefined) return;
    const folder = join(this.#folder, changed.context);
    try {
      changed.rules = ignoreRules(folder);
      watcher.add(readdirSync(folder).map((name) => join(folder, name)));
    } catch {
      // `up` reads them too, and says what is wrong with them.
    }
  }

  /** Names what `up` works on by a hash of it all. */
  fingerprint(): string {
    const images = this.#contexts.map(({ context, code }) => contextFiles(join(this.#folder, context), code));
    const patterns = this.#program.flatMap((entry) => [entry, `${entry}/**`]);
    return [...images, readFiles(this.#folder, patterns)].map(hashOf).join();
  }

  /** Tells of changes until the watcher is closed. */
  watch({ code, up, failed }: ChangeObserver): FSWatcher {
    const pending = new Map<Application | "up", Set<string>>();
    let timer: NodeJS.Timeout | undefined;
    const tell = (): void => {
      timer = undefined;
      const changed = [...pending];
      pending.clear();
      for (const [what, paths] of changed) {
        if (what === "up") up();
        else code(what, [...paths]);
      }
    };
    const options = {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path: string) => this.#prunes(relative(this.#folder, path)),
    };
    let hasFailed = false;
    const watcher = watch(this.#folder, options).on("error", (error) => {
      // Each file that is not watched is an error.
      if (!hasFailed) failed(error);
      hasFailed = true;
    });
    return watcher.on("all", (event, path) => {
      const name = relative(this.#folder, path);
      if (name.endsWith(".dockerignore")) this.#readRules(name, watcher);
      const meaning = this.meaningOf(name);
      // Folders come with their files.
      if (meaning.kind === "nothing" || event === "addDir") return;
      const what = meaning.kind === "up" ? "up" : meaning.application;
      const paths = pending.get(what) ?? new Set<string>();
      pending.set(what, paths.add(meaning.kind === "up" ? path : meaning.path));
      timer ??= setTimeout(tell, pause);
    });
  }
}

/** Whether a path is a folder, or something in it. */
const isIn = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);
