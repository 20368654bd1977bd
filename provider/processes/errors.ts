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
