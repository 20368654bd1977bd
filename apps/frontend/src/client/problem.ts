import { z } from "zod";

// zod would otherwise try to compile code, which the Content-Security-Policy forbids and reports.
z.config({ jitless: true });

const schema = z.object({ detail: z.string() });

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
  const parsed = schema.safeParse(await response.json().catch(() => null));
  const message = parsed.success ? parsed.data.detail : "Something went wrong. Try again in a moment.";
  return new Problem(response.status, message);
}
