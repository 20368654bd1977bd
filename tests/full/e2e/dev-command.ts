import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { RunningCommand, WorkingCopy } from "../../helpers/working-copy.ts";

/** A running `npm run dev`, as a person sees it. */
export class DevCommand {
  readonly #process: RunningCommand;
  #output = "";
  #hasEnded = false;

  constructor(copy: WorkingCopy, ...args: string[]) {
    this.#process = copy.start("dev", ...args);
    this.#process.output.on("data", (chunk: Buffer) => (this.#output += stripVTControlCharacters(chunk.toString())));
    void this.#process.ended.then(() => (this.#hasEnded = true));
  }

  /** Waits until the stack is up. */
  async isUp(): Promise<void> {
    await this.shows(/dev .*│ Open http/, 900_000);
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Forgets what it has printed. */
  forget(): void {
    this.#output = "";
  }

  /** Waits until it has printed something. */
  async shows(pattern: RegExp, patience = 120_000): Promise<void> {
    const deadline = Date.now() + patience;
    while (!pattern.test(this.#output)) {
      assert.ok(!this.#hasEnded, `npm run dev ended:\n${this.#output}`);
      assert.ok(Date.now() < deadline, `npm run dev must show ${String(pattern)}, and shows:\n${this.#output}`);
      await sleep(50);
    }
  }

  /** Interrupts it as Ctrl-C does, and gives its exit code once it has ended. */
  async interrupt(): Promise<number | undefined> {
    this.#process.kill("SIGINT");
    return await this.#process.ended;
  }

  /** Kills it, so that it can clear nothing away. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.ended;
  }
}
