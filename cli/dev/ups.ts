import { setTimeout as sleep } from "node:timers/promises";
import { isGone } from "./trouble.ts";

/** After an edit another one may follow, as by Git or a formatter. */
const pause = 300;

/** How many times in a row a file may be gone when it is read. Then it is not Git at work. */
const mostLooks = 10;

/** Runs `up` when what it works on is another than that of the last one, one `up` at a time. */
export class Ups {
  readonly #up: () => Promise<boolean>;
  readonly #fingerprint: () => string;
  readonly #report: (error: unknown) => void;
  /** What the last `up` has worked on. */
  #last: string | undefined;
  /** Whether the last one is to be done again. */
  #hasFailed = false;
  /** Whether `up` is to run although what it works on is the same. */
  #isForced = false;
  #isWanted = false;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #looks = 0;

  /**
   * @param up gives whether it succeeded.
   * @param fingerprint says of what it works on at this moment whether it has changed.
   * @param report is told why that could not be read. It is read again with the next change.
   */
  constructor(up: () => Promise<boolean>, fingerprint: () => string, report: (error: unknown) => void) {
    this.#up = up;
    this.#fingerprint = fingerprint;
    this.#report = report;
  }

  /** Something has changed that `up` works on. */
  want(): void {
    this.#isWanted = true;
    this.#running ??= this.#work();
  }

  /** Code has changed, at which `up` does not look; but one that failed may have failed because of it. */
  retry(): void {
    if (!this.#hasFailed) return;
    this.#isForced = true;
    this.want();
  }

  /** Whether what the last one has made is there, and none is under way. */
  get isDone(): boolean {
    return this.#last !== undefined && !this.#hasFailed && this.#running === undefined;
  }

  /** What the last one has made is there no more: the next edit shall begin another one, also an edit of code. */
  undone(): void {
    this.#hasFailed = true;
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
      // Pulumi rewrites the settings while it runs: that alone must not start a failed `up` again, and again.
      if (fingerprint === undefined || (fingerprint === this.#last && !this.#isForced)) continue;
      this.#isForced = false;
      this.#last = fingerprint;
      this.#hasFailed = !(await this.#up());
    }
    this.#running = undefined;
  }

  /**
   * Undefined when something cannot be read. When a file has gone while it was read, as Git may do it, there is another
   * look.
   */
  #look(): string | undefined {
    try {
      const fingerprint = this.#fingerprint();
      this.#looks = 0;
      return fingerprint;
    } catch (error) {
      this.#looks += 1;
      this.#isWanted = isGone(error) && this.#looks < mostLooks;
      if (!this.#isWanted) {
        this.#looks = 0;
        this.#report(error);
      }
      return undefined;
    }
  }
}
