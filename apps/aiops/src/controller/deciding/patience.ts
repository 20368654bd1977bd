/** In milliseconds. */
export interface Patience {
  /** How long something must be wrong before it counts: a rollout looks wrong for a moment. */
  found: number;
  /** How long it must be gone before it is over. */
  gone: number;
  /** After a change that was refused or did not help. */
  rest: number;
  /** After a change that was refused again and again. */
  refused: number;
}

export const defaultPatience: Patience = { found: 2_000, gone: 5_000, rest: 30_000, refused: 600_000 };
