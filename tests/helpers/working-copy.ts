import { once } from "node:events";
import { copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { lock } from "proper-lockfile";
import { stringify } from "yaml";
import { cacheFolder, checkout } from "../../machine/paths.ts";
import { ownEnvironment } from "./pretended/own-environment.ts";

/** How a command ended; never rejects, so that a test can look at a failure. */
export interface CommandResult {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
  /** Both streams, as a person sees them. */
  all: string;
}

/** A command that was started and goes on. */
export interface RunningCommand {
  pid: number;
  /** Both its streams. */
  output: Readable;
  /** Sends a signal; nothing happens when the command has ended. */
  kill: (signal: NodeJS.Signals) => void;
  /** Its exit code once it has ended; undefined when a signal ended it. */
  ended: Promise<number | undefined>;
}

/**
 * A second checkout of this project, with a stack, a profile and a port of its own, so that a test can edit files and
 * break things without touching the user's checkout or running stack.
 *
 * Each test has always the same folder: what a killed run left in Minikube is then this stack's own, and `up` removes
 * it.
 */
export class WorkingCopy {
  readonly folder: string;
  readonly stack: string;
  readonly #release: () => Promise<void>;

  private constructor(folder: string, stack: string, release: () => Promise<void>) {
    this.folder = folder;
    this.stack = stack;
    this.#release = release;
  }

  /** Copies what git tracks or would track, links the installed packages and sets the copy up. */
  static async create(stack: string, config: Record<string, string>): Promise<WorkingCopy> {
    const folder = join(cacheFolder, "working-copies", stack);
    await mkdir(dirname(folder), { recursive: true });
    // The same test of another checkout would share profile and port.
    const release = await lock(folder, { realpath: false, retries: { forever: true, maxTimeout: 2_000 } });
    await rm(folder, { recursive: true, force: true });
    await copySources(folder);
    await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
    const copy = new WorkingCopy(folder, stack, release);
    await copy.succeed("pulumi", ["stack", "select", "--create", stack]);
    await copy.configure(config);
    return copy;
  }

  /** Takes a checkout as it is, with a stack that is up; there is no lock on it, and it is the caller's to remove. */
  static at(folder: string, stack: string): WorkingCopy {
    return new WorkingCopy(resolve(folder), stack, () => Promise.resolve());
  }

  /** Runs `pulumi` as `npx pulumi` would in the copy. */
  async pulumi(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
    return await this.run("node", [join(this.folder, "cli/bin/pulumi.mjs"), ...args], env);
  }

  /** Runs `pulumi`, and fails with its whole output if it fails. Gives its standard output. */
  async succeed(program: "pulumi", args: string[], env: Record<string, string> = {}): Promise<string> {
    const result = await this.pulumi(args, env);
    if (result.exitCode !== 0) {
      throw new Error(`${program} ${args.join(" ")} ended with ${String(result.exitCode)}:\n${result.all}`);
    }
    return result.stdout;
  }

  /** Brings the stack up without a question. Gives what Pulumi printed. */
  async up(...args: string[]): Promise<string> {
    return await this.succeed("pulumi", ["up", "--yes", "--skip-preview", "--stack", this.stack, ...args]);
  }

  /** Every output of the stack; secrets stay masked. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.succeed("pulumi", ["stack", "output", "--json", "--stack", this.stack])) as Record<
      string,
      unknown
    >;
  }

  /**
   * Makes these all the settings of the stack, as `pulumi config set` writes them, which takes a second for each. None
   * is secret.
   */
  async configure(settings: Record<string, string>): Promise<void> {
    const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`todo-stack:${key}`, value]));
    await writeFile(join(this.folder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  /** Copies the sources again, so that what a test has edited in them is undone. Files that a test has added stay. */
  async resetSources(): Promise<void> {
    await copySources(this.folder);
  }

  /** Replaces the first occurrence of a text in a file of the copy. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const path = join(this.folder, file);
    const text = await readFile(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}: repair this test`);
    await writeFile(path, text.replace(from, to));
  }

  /** Removes the folder. The stack in it must have been destroyed. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await this.#release();
  }

  /** Keeps the copy's state for a look after a failed test. */
  async keepState(target: string): Promise<void> {
    await mkdir(target, { recursive: true });
    const state = join(".pulumi", "stacks", "todo-stack", `${this.stack}.json`);
    await copyFile(join(this.folder, ".state", state), join(target, `${this.stack}.json`)).catch(ignoreDeleted);
  }

  /** Starts a command of the checkout that goes on until it is ended, as `npm run NAME` would in the copy. */
  start(name: string, ...args: string[]): RunningCommand {
    const command = [join(this.folder, "cli/main.ts"), name, "--stack", this.stack, ...args];
    const options = { cwd: this.folder, env: ownEnvironment(), extendEnv: false } as const;
    const running = execa("node", command, { ...options, all: true, reject: false, stdin: "ignore" });
    return {
      pid: running.pid ?? 0,
      output: running.all,
      kill: (signal) => void running.kill(signal),
      ended: running.then(({ exitCode }) => exitCode),
    };
  }

  /**
   * Starts `pulumi` in a process group of its own, as a terminal does; a signal goes to all of the group, as Ctrl-C
   * does there.
   */
  startPulumi(...args: string[]): RunningCommand {
    return this.#inGroup([join(this.folder, "cli/bin/pulumi.mjs"), ...args, "--stack", this.stack]);
  }

  /** The same for a command of the checkout, as `npm run NAME` would in the copy. */
  startInGroup(name: string, ...args: string[]): RunningCommand {
    return this.#inGroup([join(this.folder, "cli/main.ts"), name, "--stack", this.stack, ...args]);
  }

  #inGroup(command: string[]): RunningCommand {
    const options = { cwd: this.folder, env: ownEnvironment(), extendEnv: false, detached: true } as const;
    const running = execa("node", command, { ...options, all: true, reject: false, stdin: "ignore" });
    const pid = running.pid ?? 0;
    return {
      pid,
      output: running.all,
      kill: (signal) => {
        try {
          process.kill(-pid, signal);
        } catch {
          // All of the group has ended.
        }
      },
      // Not when its streams are closed: what outlives it may hold them.
      ended: once(running.nodeChildProcess, "exit").then(([code]) => (code as number | null) ?? undefined),
    };
  }

  /** Runs a command of the checkout, as `npm run NAME` would in the copy. */
  async npm(name: string, env: Record<string, string> = {}, ...args: string[]): Promise<CommandResult> {
    const command = [join(this.folder, "cli/main.ts"), name, "--stack", this.stack, ...args];
    return await this.run("node", command, env);
  }

  private async run(file: string, args: string[], env: Record<string, string>): Promise<CommandResult> {
    const { exitCode, stdout, all } = await execa(file, args, {
      cwd: this.folder,
      env: { ...ownEnvironment(), ...env },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode, stdout, all };
  }
}

/** Copies what git tracks or would track. */
export async function copySources(folder: string): Promise<void> {
  const { stdout } = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: checkout,
  });
  for (const file of stdout.split("\0").filter(Boolean)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(checkout, file), join(folder, file), { verbatimSymlinks: true }).catch(ignoreDeleted);
  }
}

function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
