/** A failure that the user can act on: printed without a stack. */
export class ToolchainError extends Error {
  /**
   * @param what what failed, on what, and why: one sentence.
   * @param next what to type or do next.
   * @param cause the failure underneath, kept for the log.
   */
  constructor(what: string, next: string, cause?: unknown) {
    super(`${what}\n  ${next}`, { cause });
    this.name = "ToolchainError";
  }
}
