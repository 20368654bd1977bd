import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { agreeToNothing } from "../../data/loss-agreement.ts";
import { checkout } from "../../machine/paths.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { withProgram } from "../../pulumi/program/beside.ts";
import type { runPulumi } from "../../pulumi/run-pulumi.ts";
import type { Print } from "./printer.ts";

/** The Pulumi of `npm run dev`, whose output is lines among those of others. */
export class OwnPulumi {
  readonly #stack: string;
  readonly #print: Print;
  readonly #runner: typeof runPulumi;
  /** While it runs. */
  #process: { kill: (signal: NodeJS.Signals) => boolean } | undefined;

  constructor(stack: string, print: Print, runner: typeof runPulumi) {
    this.#stack = stack;
    this.#print = print;
    this.#runner = runner;
  }

  /** Runs it to its end. @returns its exit code; 1 when what it is to work on is not fit for it, which is told. */
  async run(operation: "up" | "destroy", env: NodeJS.ProcessEnv): Promise<number> {
    const begin = performance.now();
    const code = await this.#run(operation, env).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      this.#print("up", error.message);
      return 1;
    });
    this.#print("up", `${code === 0 ? "done" : "failed"} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return code;
  }

  /** Tells it a signal: by SIGINT it ends in order. */
  kill(signal: "SIGINT" | "SIGKILL"): void {
    this.#process?.kill(signal);
  }

  async #run(operation: "up" | "destroy", env: NodeJS.ProcessEnv): Promise<number> {
    const args = [operation, "--yes", "--skip-preview", "--stack", this.#stack];
    // Nobody expects a question between two edits: what would lose data is refused, and `npm start` asks.
    return await this.#runner(args, agreeToNothing, (words, environment) =>
      withProgram(words, { ...environment, ...env }, (...started) => this.#start(...started)),
    );
  }

  async #start(words: string[], env: NodeJS.ProcessEnv): Promise<number> {
    const colour = process.stdout.isTTY ? "always" : "never";
    const pulumi = execa("pulumi", [...words, "--non-interactive", "--color", colour], {
      cwd: checkout,
      env,
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
      // A terminal that is closed would end it half-way.
      detached: true,
    });
    this.#process = pulumi;
    for await (const line of pulumi.iterable({ from: "all" })) {
      if (!/^\s*(@ |$)/.test(stripVTControlCharacters(line))) this.#print("up", line);
    }
    this.#process = undefined;
    return (await pulumi).exitCode ?? 1;
  }
}
