import { join } from "node:path";
import process from "node:process";
import { lock } from "proper-lockfile";
import { developmentVariable } from "../../components/lib/development.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { confirmed, ownTerminal } from "../../data/confirm.ts";
import { ownNamespace } from "../../state/access/own-profile.ts";
import { environment } from "../../machine/tool-environment.ts";
import { checkout, stateFolder } from "../../machine/paths.ts";
import { makePrivateFolder } from "../../machine/private-files.ts";
import { runPulumi } from "../../pulumi/run-pulumi.ts";
import { setUp } from "../../setup/setup.ts";
import { placeOf } from "../../state/access/reach.ts";
import { stackState } from "../../state/stack-files.ts";
import { stackName } from "../../state/stack.ts";
import { whatGoes } from "../destroy.ts";
import { whyAtRest } from "./at-rest.ts";
import { Sources } from "./file-changes.ts";
import { CodeSync } from "./code-sync.ts";
import { Logs } from "./followed-logs.ts";
import { OwnPulumi } from "./own-pulumi.ts";
import { watchPods } from "./pods.ts";
import type { PodObserver } from "./pods.ts";
import { printer } from "./printer.ts";
import type { Print } from "./printer.ts";
import { ProductionPods } from "./production-pods.ts";
import { reasonOf } from "./trouble.ts";
import { Ups } from "./ups.ts";

/**
 * Brings the stack up for development and keeps it in step with the checkout: code is copied into the running pods, and
 * `up` is run when anything else has changed. Shows what all pods log. Goes on until it is interrupted, or cannot go
 * on, then leaves the stack as `up` does.
 * @param down true to destroy the stack instead once somebody interrupts it, after a question before all work.
 * @returns the exit code.
 * @throws UserError when it runs already, or there is no terminal to ask in.
 */
export const dev = async (down: boolean): Promise<number> => {
  const stack = stackName();
  if (down && !(await mayDestroy(stack))) return 1;
  await setUp();
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

const mayDestroy = async (stack: string): Promise<boolean> => {
  const what = await whatGoes(new Commands(environment(), AbortSignal.timeout(60_000)), placeOf(stack));
  const next =
    "There is no terminal to ask in. Nothing was done. Type: npm run dev, and in the end: npm run destroy -- --yes";
  return await confirmed(`When you press Ctrl-C: ${what}`, ownTerminal(), next);
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
  readonly #pulumi: OwnPulumi;
  readonly #whyAtRest: () => Promise<string | undefined>;
  readonly #stopped = new AbortController();
  #interrupted = -Infinity;
  #hasFailed = false;
  /** Whether somebody has ended it, and not a failure or a terminal that was closed. */
  #isDeliberate = false;

  constructor(
    stack: string,
    print: Print,
    sources: Pick<Sources, "watch" | "fingerprint">,
    runner = runPulumi,
    atRest = () => whyAtRest(placeOf(stack)),
  ) {
    this.#stack = stack;
    this.#print = print;
    this.#sources = sources;
    this.#pulumi = new OwnPulumi(stack, print, runner);
    this.#whyAtRest = atRest;
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
    const production = new ProductionPods(
      () => !ups.isDone,
      () => {
        ups.undone();
        this.#print(
          "dev",
          "Another command has released the pods of production. The next edit brings development back.",
        );
      },
    );
    const observers = [sync, logs, production];
    const observer: PodObserver = {
      seen: (pod, config) => observers.forEach((each) => each.seen(pod, config)),
      gone: (pod) => observers.forEach((each) => each.gone(pod)),
    };
    const watching = watchPods(() => ownNamespace(placeOf(this.#stack)), observer, signal);
    await stopped;
    await Promise.all([watcher.close(), ups.stop(), watching]);
    for (const each of [sync, logs]) each.stop();
  }

  /**
   * Leaves the stack as `up` does, or as another command has left it.
   * @param down true to destroy it, if somebody has ended this on purpose.
   * @returns the exit code.
   */
  async end(down: boolean): Promise<number> {
    if (down && this.#isDeliberate) return await this.#end("destroy", "Destroying the stack");
    const rest = await this.#whyAtRest();
    if (rest !== undefined) {
      this.#print("dev", rest);
      return this.#hasFailed ? 1 : 0;
    }
    const code = await this.#end("up", "Leaving development");
    if (down) this.#print("dev", "The stack was kept. To remove it: npm run destroy");
    return code;
  }

  async #end(operation: "up" | "destroy", what: string): Promise<number> {
    this.#print("dev", `${what}: pulumi ${operation}. Ctrl-C ends at once.`);
    const code = await this.#pulumi.run(operation, {});
    if (code !== 0) this.#print("dev", `That failed. Type: npx pulumi ${operation}`);
    return code === 0 && this.#hasFailed ? 1 : code;
  }

  async #up(): Promise<boolean> {
    const code = await this.#pulumi.run("up", { [developmentVariable]: "true" });
    if (this.#stopped.signal.aborted) return false;
    if (code !== 0) this.#print("dev", "That up failed. It is tried again with the next edit.");
    else {
      const { url = "the application" } = stackState(checkout, this.#stack) ?? {};
      this.#print("dev", `Open ${url}. Edits are served at once; Ctrl-C leaves development.`);
    }
    return code === 0;
  }

  /**
   * The first time ends in order, the second time at once. A terminal that is closed lets the end come to its end: who
   * closes it after Ctrl-C has no more to say by that.
   */
  #interrupt(name: NodeJS.Signals): void {
    const now = performance.now();
    // What has started this command may pass on a signal that it gets itself.
    const isEcho = now - this.#interrupted < longestEcho;
    this.#interrupted = now;
    if (isEcho) return;
    if (!this.#stopped.signal.aborted) {
      this.#isDeliberate = name !== "SIGHUP";
      this.#stop();
    } else if (name !== "SIGHUP") {
      this.#pulumi.kill("SIGKILL");
      console.error("\nEnded at once. The stack may still be in development. Type: npx pulumi up");
      process.exit(130);
    }
  }

  /** Ends in order, so that the pods do not stay in development. */
  #fail(error: unknown): void {
    this.#print("dev", reasonOf(error));
    this.#hasFailed = true;
    this.#stop();
  }

  #stop(): void {
    if (this.#stopped.signal.aborted) return;
    this.#pulumi.kill("SIGINT");
    this.#stopped.abort();
  }
}
