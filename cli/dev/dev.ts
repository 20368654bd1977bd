import { join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { lock } from "proper-lockfile";
import { developmentVariable } from "../../components/lib/development.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { agreeToNothing } from "../../data/agreement.ts";
import { ownNamespace } from "../../state/access/own-profile.ts";
import { checkout, stateFolder } from "../../machine/paths.ts";
import { makePrivateFolder } from "../../machine/private-files.ts";
import { withProgram } from "../../pulumi/program/beside.ts";
import { runPulumi } from "../../pulumi/run-pulumi.ts";
import { setUp } from "../../setup/setup.ts";
import { placeOf } from "../../state/access/reach.ts";
import { stackState } from "../../state/stack-files.ts";
import { stackName } from "../../state/stack.ts";
import { Sources } from "./file-changes.ts";
import { CodeSync } from "./code-sync.ts";
import { Logs } from "./logs.ts";
import { watchPods } from "./pods.ts";
import type { PodObserver } from "./pods.ts";
import { printer } from "./printer.ts";
import type { Print } from "./printer.ts";
import { reasonOf } from "./trouble.ts";
import { Ups } from "./ups.ts";

/**
 * Brings the stack up for development and keeps it in step with the checkout: code is copied into the running pods, and
 * `up` is run when anything else has changed. Shows what all pods log. Goes on until it is interrupted, or cannot go
 * on, then leaves the stack as `up` does.
 * @param down true to destroy the stack at the end instead.
 * @returns the exit code.
 * @throws UserError when it runs already.
 */
export const dev = async (down: boolean): Promise<number> => {
  await setUp();
  const stack = stackName();
  const release = await onlyOne(stack);
  try {
    const session = new Session(stack, printer(), new Sources(stack));
    await session.untilStopped();
    const code = await session.end(down);
    // A connection to a node that does not answer would keep this process.
    setTimeout(() => process.exit(code), longestEnd).unref();
    return code;
  } finally {
    await release();
  }
};

const onlyOne = async (stack: string): Promise<() => Promise<void>> => {
  makePrivateFolder(stateFolder);
  // The lock of one that was killed is given up after ten seconds.
  const retries = { retries: 6, minTimeout: 2_000, factor: 1 };
  try {
    return await lock(join(stateFolder, `dev-${stack}`), { realpath: false, retries });
  } catch (error) {
    const what = `npm run dev runs already for the stack ${stack}.`;
    throw new UserError(what, "Use that one, or end it by Ctrl-C.", error);
  }
};

/** In milliseconds; nobody types faster. */
const longestEcho = 100;

/** How long connections may take to close once all is done, in milliseconds. */
const longestEnd = 1_000;

/** What runs between the start of the command and its end. */
export class Session {
  readonly #stack: string;
  readonly #print: Print;
  readonly #sources: Pick<Sources, "watch" | "fingerprint">;
  readonly #runner: typeof runPulumi;
  readonly #stopped = new AbortController();
  #interrupted = -Infinity;
  #hasFailed = false;
  /** Pulumi, while it runs. */
  #pulumi: { kill: (signal: NodeJS.Signals) => boolean } | undefined;

  constructor(stack: string, print: Print, sources: Pick<Sources, "watch" | "fingerprint">, runner = runPulumi) {
    this.#stack = stack;
    this.#print = print;
    this.#sources = sources;
    this.#runner = runner;
  }

  /** Works until somebody interrupts it, or until it cannot go on. */
  async untilStopped(): Promise<void> {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => this.#interrupt(name));
    process.on("uncaughtException", (error: unknown) => this.#fail(error));
    process.on("unhandledRejection", (error: unknown) => this.#fail(error));
    // Nobody reads any more, as after `| head` or when the terminal was closed.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => this.#stop());
    await this.#work().catch((error: unknown) => this.#fail(error));
  }

  async #work(): Promise<void> {
    const signal = this.#stopped.signal;
    const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    const ups = new Ups(
      () => this.#up(),
      () => this.#sources.fingerprint(),
      (error) => this.#print("dev", `${reasonOf(error)} The next edit tries again.`),
    );
    const sync = new CodeSync(this.#print);
    const logs = new Logs(this.#print);
    const watcher = this.#sources.watch({
      code: (application, paths) => {
        sync.changed(application, paths);
        ups.retry();
      },
      up: () => ups.want(),
      failed: (error) => this.#fail(error),
    });
    watcher.once("ready", () => ups.want());
    const observers = [sync, logs];
    const observer: PodObserver = {
      seen: (pod, config) => observers.forEach((each) => each.seen(pod, config)),
      gone: (pod) => observers.forEach((each) => each.gone(pod)),
    };
    const watching = watchPods(() => ownNamespace(placeOf(this.#stack)), observer, signal);
    await stopped;
    await Promise.all([watcher.close(), ups.stop(), watching]);
    for (const each of observers) each.stop();
  }

  /** Leaves the stack as `up` does, or destroys it. Gives the exit code. */
  async end(down: boolean): Promise<number> {
    const operation = down ? "destroy" : "up";
    const what = down ? "Destroying the stack" : "Leaving development";
    this.#print("dev", `${what}: pulumi ${operation}. Ctrl-C ends at once.`);
    const code = await this.#run(operation, {});
    if (code !== 0) this.#print("dev", `That failed. Type: npx pulumi ${operation}`);
    return code === 0 && this.#hasFailed ? 1 : code;
  }

  async #up(): Promise<boolean> {
    const code = await this.#run("up", { [developmentVariable]: "true" });
    if (this.#stopped.signal.aborted) return false;
    if (code !== 0) this.#print("dev", "That up failed. It is tried again with the next edit.");
    else {
      const { url = "the application" } = stackState(checkout, this.#stack) ?? {};
      this.#print("dev", `Open ${url}. Edits are served at once; Ctrl-C leaves development.`);
    }
    return code === 0;
  }

  async #run(operation: "up" | "destroy", env: NodeJS.ProcessEnv): Promise<number> {
    const begin = performance.now();
    const code = await this.#runPulumi(operation, env).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      this.#print("up", error.message);
      return 1;
    });
    this.#print("up", `${code === 0 ? "done" : "failed"} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return code;
  }

  async #runPulumi(operation: "up" | "destroy", env: NodeJS.ProcessEnv): Promise<number> {
    const args = [operation, "--yes", "--skip-preview", "--stack", this.#stack];
    const start = async (words: string[], environment: NodeJS.ProcessEnv): Promise<number> => {
      const colour = process.stdout.isTTY ? "always" : "never";
      const pulumi = execa("pulumi", [...words, "--non-interactive", "--color", colour], {
        cwd: checkout,
        env: environment,
        extendEnv: false,
        reject: false,
        all: true,
        stdin: "ignore",
      });
      this.#pulumi = pulumi;
      for await (const line of pulumi.iterable({ from: "all" })) {
        if (!/^\s*(@ |$)/.test(stripVTControlCharacters(line))) this.#print("up", line);
      }
      this.#pulumi = undefined;
      return (await pulumi).exitCode ?? 1;
    };
    // Nobody expects a question between two edits: what would lose data is refused, and `npm start` asks.
    return await this.#runner(args, agreeToNothing, (words, environment) =>
      withProgram(words, { ...environment, ...env }, start),
    );
  }

  /** The first time ends in order, the second time at once. */
  #interrupt(name: NodeJS.Signals): void {
    const now = performance.now();
    // What has started this command may pass on a signal that it gets itself.
    const isEcho = now - this.#interrupted < longestEcho;
    this.#interrupted = now;
    if (isEcho) return;
    if (this.#stopped.signal.aborted) {
      this.#pulumi?.kill("SIGKILL");
      console.error("\nEnded at once. The stack may still be in development. Type: npx pulumi up");
      process.exit(130);
    }
    // In a terminal Ctrl-C reaches Pulumi too.
    this.#stop(process.stdin.isTTY && name === "SIGINT");
  }

  /** Ends in order, so that the pods do not stay in development. */
  #fail(error: unknown): void {
    this.#print("dev", reasonOf(error));
    this.#hasFailed = true;
    this.#stop();
  }

  #stop(pulumiKnows = false): void {
    if (this.#stopped.signal.aborted) return;
    if (!pulumiKnows) this.#pulumi?.kill("SIGINT");
    this.#stopped.abort();
  }
}
