import { setTimeout as sleep } from "node:timers/promises";
import { variable } from "./live.ts";

/** Asks the application twice a second what a browser would, and remembers when that went wrong first. */
export class Visitor {
  /** Milliseconds since 1970. */
  failedAt: number | undefined;
  readonly #url = variable("AIOPS_URL");
  #isOver = false;
  #going: Promise<void> = Promise.resolve();

  static start(): Visitor {
    const visitor = new Visitor();
    visitor.#going = visitor.#visit();
    return visitor;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#going;
  }

  async #visit(): Promise<void> {
    while (!this.#isOver && this.failedAt === undefined) {
      const began = Date.now();
      const answers = await Promise.all([this.#ask("/signin"), this.#ask("/api/backend/todos")]);
      if (answers[0] !== 200 || answers[1] !== 401) this.failedAt = began;
      await sleep(500);
    }
  }

  async #ask(path: string): Promise<number> {
    const signal = AbortSignal.timeout(5_000);
    return await fetch(`${this.#url}${path}`, { signal }).then(
      ({ status }) => status,
      () => 0,
    );
  }
}
