/** In milliseconds. No look at a cluster takes as long: who comes back later was asleep, or the clock was set. */
const longest = 30_000;

/** What such a gap counts for, so that time goes on in any case. */
const asleep = 1_000;

/** How much time has passed while this machine was awake: in its sleep nothing becomes healthy, and nothing fails. */
export class AwakeTime {
  #passed = 0;
  #last = Date.now();

  /** In milliseconds since it was made. To be asked at each look. */
  get passed(): number {
    const now = Date.now();
    const gap = now - this.#last;
    this.#last = now;
    this.#passed += gap < 0 || gap > longest ? asleep : gap;
    return this.#passed;
  }
}
