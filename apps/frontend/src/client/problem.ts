/**
 * A refused or failed request, with a sentence that may be shown. `status` is 0 if no answer came at all. `waitSeconds`
 * is there if the server is busy and said when to ask again, or if no server was found for what may be sent twice.
 */
export class Problem extends Error {
  readonly status: number;
  readonly waitSeconds: number | undefined;

  constructor(status: number, message: string, waitSeconds?: number) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.waitSeconds = waitSeconds;
  }
}

/** Turns an answer that is not 2xx into the `Problem` that it describes. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
  const message = typeof detail === "string" ? detail : "Something went wrong. Try again in a moment.";
  return new Problem(response.status, message, waitOf(response));
}

const longestWaitSeconds = 60;

/** What a busy server (503) says in Retry-After: seconds, or a time of day. */
function waitOf(response: Response): number | undefined {
  const value = response.headers.get("retry-after");
  if (response.status !== 503 || value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestWaitSeconds);
}
