/** A failure that the user can act on: shown as one message, without a stack. */
export class UserError extends Error {
  /**
   * @param what what failed, on what, and why: one sentence.
   * @param next what to type or do next.
   * @param cause the failure underneath.
   */
  constructor(what: string, next: string, cause?: unknown) {
    super(`${what}\n  ${next}`, { cause });
    this.name = "UserError";
  }
}

/** What went wrong, in its own words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The first line of what went wrong: what comes after it is for whoever looks for the cause. */
export const firstLine = (error: unknown): string => messageOf(error).split("\n")[0] ?? "";
