import type { Readiness } from "../diagnosis/snapshot.ts";

/** Bad answers in a row, and milliseconds that lie between the first and the last of them, before they count. */
const often = 3;
const long = 20_000;

/** What backends say of their database, without bad answers that may be an accident. */
export class SteadyReadiness {
  readonly #now: () => number;
  #bad = new Map<string, { times: number; since: number }>();

  /** @param now a clock in milliseconds that is never set back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one answer of each backend. A bad one is `unknown` until enough of them have come in a row. */
  take(answers: Readiness[]): Readiness[] {
    const before = this.#bad;
    this.#bad = new Map();
    return answers.map((answer) => {
      if (answer.database === "ok" || answer.database === "unknown") return answer;
      const { times, since } = before.get(answer.pod) ?? { times: 0, since: this.#now() };
      this.#bad.set(answer.pod, { times: times + 1, since });
      const counts = times + 1 >= often && this.#now() - since >= long;
      return counts ? answer : { ...answer, database: "unknown", suspected: true };
    });
  }
}
