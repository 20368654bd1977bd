import { setTimeout as sleep } from "node:timers/promises";

/** After an edit another one may follow, as by Git or a formatter. */
const pause = 300;

/** Runs `up` when what it works on is another than that of the last one, one `up` at a time. */
export class Ups {
  readonly #up: () => Promise<boolean>;
  readonly #fingerprint: () => string;
  /** What the last `up` has worked on; undefined when it failed. */
  #done: string | undefined;
  #isWanted = false;
  #running: Promise<void> | undefined;
  #isStopped = false;

  /**
   * @param up gives whether it succeeded.
   * @param fingerprint says of what it works on at this moment whether it has changed.
   */
  constructor(up: () => Promise<boolean>, fingerprint: () => string) {
    this.#up = up;
    this.#fingerprint = fingerprint;
  }

  /** Something has changed that `up` works on. */
  want(): void {
    this.#isWanted = true;
    this.#running ??= this.#work();
  }

  /** Code has changed, at which `up` does not look; but one that failed may have failed because of it. */
  retry(): void {
    if (this.#done === undefined) this.want();
  }

  /** Lets no other begin, and waits for the one that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#isWanted) {
      await sleep(pause);
      if (this.#isStopped) break;
      this.#isWanted = false;
      const fingerprint = this.#look();
      if (fingerprint === undefined || fingerprint === this.#done) continue;
      this.#done = (await this.#up()) ? fingerprint : undefined;
    }
    this.#running = undefined;
  }

  /** Undefined when a file has gone while it was read, as Git may do it; then there is another look. */
  #look(): string | undefined {
    try {
      return this.#fingerprint();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      this.#isWanted = true;
      return undefined;
    }
  }
}
