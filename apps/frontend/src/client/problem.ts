/** A refused or failed request, with a sentence that may be shown. `status` is 0 if no answer came at all. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "Problem";
    this.status = status;
  }
}

/** Turns an answer that is not 2xx into the `Problem` that it describes. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
  const message = typeof detail === "string" ? detail : "Something went wrong. Try again in a moment.";
  return new Problem(response.status, message);
}
