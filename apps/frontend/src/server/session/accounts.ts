import "server-only";
import { request as callBackend } from "undici";
import { z } from "zod";
import { changePool } from "@/server/backend/backend";
import type { Credentials } from "./credentials";
import { environment } from "@/server/environment";
import { readBackend } from "@/server/backend/read-backend";

const token = z.string().min(1).max(4000);
const seconds = z.number().int().positive();
const tokensSchema = z.object({
  access_token: token,
  expires_in: seconds,
  refresh_token: token,
  refresh_expires_in: seconds,
});
const problemSchema = z.object({ detail: z.string().max(500) });
const userSchema = z.object({ email: z.string(), time_zone: z.string().optional() });

/** An account, as pages need it. */
export type User = z.output<typeof userSchema>;

/** What the backend gives for a session: two tokens, and how many seconds each lasts. */
export type Tokens = z.output<typeof tokensSchema>;

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

/** The backend has done nothing, because it is busy or takes no changes now, and says when to ask again. */
export class Busy extends Error {
  readonly status = 503;
  readonly retryAfter: string;

  constructor(message: string, retryAfter: string) {
    super(message);
    this.name = "Busy";
    this.retryAfter = retryAfter;
  }
}

/** The most that the backend keeps of a browser's name. */
const longestDevice = 200;

/** Headers that every call carries for the backend's log and throttling. */
export type CallHeaders = Record<string, string>;

/** The headers of a call made for the sender of `incoming`. */
export function callHeaders(incoming: Headers, id: string): CallHeaders {
  const client = incoming.get("x-forwarded-for");
  // By this a person knows their sessions apart.
  const device = incoming.get("user-agent");
  return {
    "x-request-id": id,
    ...(client === null ? {} : { "x-forwarded-for": client }),
    ...(device === null ? {} : { "user-agent": device.slice(0, longestDevice) }),
  };
}

/**
 * The headers of a call made in the name of the session with this access token. If it was `renewed` just now, the
 * browser does not have it yet and may never get it: the backend must not take the former one for stolen then.
 */
export function inSession(headers: CallHeaders, accessToken: string, renewed: boolean): CallHeaders {
  return { ...headers, authorization: `Bearer ${accessToken}`, ...(renewed ? { "x-session-renewed": "1" } : {}) };
}

/** Creates an account. Throws `Refused`, `Busy`, or the connection's error; so do all functions here. */
export async function signUp(credentials: Credentials, headers: CallHeaders): Promise<void> {
  await post("signup", credentials, headers);
}

/** Trades credentials for a session. */
export async function signIn(credentials: Credentials, headers: CallHeaders): Promise<Tokens> {
  return tokensSchema.parse(await post("signin", credentials, headers));
}

/** Trades a refresh token for new tokens of the same session. */
export async function renew(refreshToken: string, headers: CallHeaders): Promise<Tokens> {
  return tokensSchema.parse(await post("refresh", { refresh_token: refreshToken }, headers));
}

/** Ends the session that `headers` speak for. */
export async function signOut(headers: CallHeaders): Promise<void> {
  await post("signout", undefined, headers);
}

/** Deletes the account that `headers` speak for, and everything in it. */
export async function deleteAccount(password: string, headers: CallHeaders): Promise<void> {
  await post("delete-account", { password }, headers);
}

/** The account that `headers` speak for, as the backend sees it now; null if the session is over. */
export async function whoIs(headers: CallHeaders): Promise<User | null> {
  const url = `${environment().BACKEND_URL}/api/v1/auth/me`;
  const { statusCode, body } = await readBackend(url, { headers });
  if (statusCode === 200) return userSchema.parse(await body.json());
  await body.dump();
  if (statusCode === 401) return null;
  throw new Error(`The backend answered ${statusCode} when asked for the account.`);
}

async function post(action: string, content: unknown, headers: CallHeaders): Promise<unknown> {
  const {
    statusCode,
    headers: answered,
    body,
  } = await callBackend(`${environment().BACKEND_URL}/api/v1/auth/${action}`, {
    dispatcher: changePool,
    method: "POST",
    headers: { ...headers, ...(content === undefined ? {} : { "content-type": "application/json" }) },
    body: content === undefined ? null : JSON.stringify(content),
  });
  const answer: unknown = await body.json().catch(() => null);
  if (statusCode >= 200 && statusCode < 300) return answer;
  const header = answered["retry-after"];
  const retryAfter = typeof header === "string" ? header : undefined;
  const parsed = problemSchema.safeParse(answer);
  const detail = parsed.success ? parsed.data.detail : "The backend did not accept this.";
  if (statusCode === 503 && retryAfter !== undefined) throw new Busy(detail, retryAfter);
  if (statusCode >= 500 || statusCode < 400) throw new Error(`The backend answered ${statusCode} on ${action}.`);
  throw new Refused(statusCode, detail, retryAfter);
}
