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
  const { detail, errors } = (typeof body === "object" && body !== null ? body : {}) as Partial<ProblemDocument>;
  const sentence = typeof detail === "string" ? detail : "Something went wrong. Try again in a moment.";
  const message = errors?.length ? errors.slice(0, 3).map(inWords).join(" ") : sentence;
  return new Problem(response.status, message, waitOf(response));
}

interface ProblemDocument {
  readonly detail: unknown;
  /** The fields that the server does not take, such as `body.tags.0`, and why. */
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

/** What is wrong with a field, in the words of its form: "Tags: should have at most 40 characters." */
function inWords({ field, message }: ProblemDocument["errors"][number]): string {
  const name = field
    .replace(/^(?:body|query|path|header)\.?/, "")
    .replaceAll(/\.?\d+|[._]/g, " ")
    .trim();
  const reason = message.replace(/^(?:String|Input|List|Value error,) /, "");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${reason}.`.replace(/^: /, "").replace(/\.\.$/, ".");
}

const longestWaitSeconds = 60;

/** What a busy server (503) says in Retry-After: seconds, or a time of day. */
function waitOf(response: Response): number | undefined {
  const value = response.headers.get("retry-after");
  if (response.status !== 503 || value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestWaitSeconds);
}
