import type { Patience } from "./patience.ts";

/** Refusals in a row after which a person is told. */
const often = 3;

/** How long a finding is left alone after something was tried. */
export class Rests {
  readonly #patience: Patience;
  /** In milliseconds since 1970, by finding. */
  readonly #until = new Map<string, number>();
  /** How often in a row what was tried was refused, by finding. */
  readonly #refusals = new Map<string, number>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  isResting(finding: string): boolean {
    return Date.now() < (this.#until.get(finding) ?? 0);
  }

  /** Forgets the refusals of what is not found any more. */
  keep(findings: Set<string>): void {
    for (const finding of this.#refusals.keys()) if (!findings.has(finding)) this.#refusals.delete(finding);
  }

  /**
   * Takes note of how something has ended.
   * @returns whether it is refused for ever, as it seems: `now` for the first time, then `still`.
   */
  after(finding: string, state: string): "now" | "still" | undefined {
    const refusals = state === "refused" ? (this.#refusals.get(finding) ?? 0) + 1 : 0;
    this.#refusals.set(finding, refusals);
    // What is left open is looked at again at once: the policy has its own cooldown.
    const { rest, refused } = this.#patience;
    if (state !== "left") this.#until.set(finding, Date.now() + (refusals < often ? rest : refused));
    if (refusals < often) return undefined;
    return refusals === often ? "now" : "still";
  }
}
