import "server-only";
import { request as callBackend } from "undici";
import { z } from "zod";
import { backendPool } from "./backend";
import type { Credentials } from "./credentials";
import { environment } from "./environment";

const tokenSchema = z.object({ access_token: z.string().min(1).max(4000), expires_in: z.number().int().positive() });
const problemSchema = z.object({ detail: z.string().max(500) });
const userSchema = z.object({ email: z.string() });

/** A token of the backend and how many seconds it lasts. */
export type Token = z.output<typeof tokenSchema>;

/** The backend's refusal, with a sentence that may be shown. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(status: number, message: string, retryAfter?: string) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Headers that every call carries for the backend's log and throttling. */
export type CallHeaders = Record<string, string>;

/** The headers of a call made for the sender of `incoming`. */
export function callHeaders(incoming: Headers, id: string): CallHeaders {
  const client = incoming.get("x-forwarded-for");
  return { "x-request-id": id, ...(client === null ? {} : { "x-forwarded-for": client }) };
}

/** Creates an account. Throws `Refused`, or the connection's error. */
export async function signUp(credentials: Credentials, headers: CallHeaders): Promise<void> {
  await post("/api/v1/auth/signup", credentials, headers);
}

/** Trades credentials for a token. Throws `Refused`, or the connection's error. */
export async function signIn(credentials: Credentials, headers: CallHeaders): Promise<Token> {
  return tokenSchema.parse(await post("/api/v1/auth/signin", credentials, headers));
}

/** The account that a token belongs to, as the backend sees it now; null if the token is not valid (any more). */
export async function whoIs(token: string, headers: CallHeaders): Promise<{ email: string } | null> {
  const { statusCode, body } = await callBackend(`${environment().BACKEND_URL}/api/v1/auth/me`, {
    dispatcher: backendPool,
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
  if (statusCode === 200) return userSchema.parse(await body.json());
  await body.dump();
  if (statusCode === 401 || statusCode === 403) return null;
  throw new Error(`The backend answered ${statusCode} when asked for the account.`);
}

async function post(path: string, content: Credentials, headers: CallHeaders): Promise<unknown> {
  const {
    statusCode,
    headers: answered,
    body,
  } = await callBackend(`${environment().BACKEND_URL}${path}`, {
    dispatcher: backendPool,
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(content),
  });
  const answer: unknown = await body.json().catch(() => null);
  if (statusCode >= 200 && statusCode < 300) return answer;
  if (statusCode >= 500 || statusCode < 400) throw new Error(`The backend answered ${statusCode} on ${path}.`);
  const parsed = problemSchema.safeParse(answer);
  const detail = parsed.success ? parsed.data.detail : "The backend did not accept this.";
  const retryAfter = answered["retry-after"];
  throw new Refused(statusCode, detail, typeof retryAfter === "string" ? retryAfter : undefined);
}
