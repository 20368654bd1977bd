/** Something that whoever called must know: what failed, and what to do next. */
export class OperationError extends Error {
  constructor(what: string, next?: string, cause?: unknown) {
    super(next === undefined ? what : `${what} Next: ${next}`, { cause });
    this.name = "OperationError";
  }
}
