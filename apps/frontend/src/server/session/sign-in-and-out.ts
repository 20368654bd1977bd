import "server-only";
import { NextResponse, type NextRequest } from "next/server";
import { Busy, callHeaders, deleteAccount, inSession, Refused, signIn, signOut, signUp } from "./accounts";
import type { CallHeaders, Tokens } from "./accounts";
import { isTimeout } from "@/server/backend/backend";
import { credentialsSchema, passwordSchema, readJson, type Credentials } from "./credentials";
import { log } from "@/server/log";
import { problem } from "@/server/problem-answer";
import { keepRenewed, sessionOf, type Session } from "./renew-session";
import { requestId } from "@/server/request-id";
import { isSameOrigin } from "./same-origin";
import { dropSessionCookies, setSessionCookies } from "./session-cookie";

/** Signs in: the tokens go into cookies that scripts cannot read, and nothing of them into the answer. */
export function openSession(request: NextRequest): Promise<Response> {
  return withTokens(request, signIn);
}

/** Signs up, and signs in at once. */
export function openAccount(request: NextRequest): Promise<Response> {
  return withTokens(request, async (credentials, headers) => {
    await signUp(credentials, headers);
    return signIn(credentials, headers);
  });
}

/** Signs out: ends the session in the backend and forgets the cookies, the latter even if the backend is away. */
export async function closeSession(request: NextRequest): Promise<Response> {
  const id = requestId(request.headers);
  if (!isSameOrigin(request)) return problem(403, "Only pages of this site may sign out.", id);
  let former = false;
  try {
    const session = await sessionOf(request, id);
    former = session.former;
    const { access, renewed } = session;
    if (access !== undefined) {
      await signOut(inSession(callHeaders(request.headers, id), access, renewed !== undefined));
    }
  } catch (error) {
    // What this stack's backend refuses may be the session of another stack.
    if (error instanceof Refused) former = false;
    log("warn", "A session was forgotten here but not ended in the backend.", { request_id: id, error: String(error) });
  }
  return signedOut(request, id, former);
}

/** Deletes the account if the password in the body is right, and forgets the cookies. */
export async function closeAccount(request: NextRequest): Promise<Response> {
  const id = requestId(request.headers);
  const input = await readJson(request, id, passwordSchema);
  if (input instanceof Response) return input;
  let session: Session = { former: false };
  try {
    session = await sessionOf(request, id);
    const { access, renewed, former } = session;
    if (access === undefined) return problem(401, "Sign in first.", id);
    await deleteAccount(input.password, inSession(callHeaders(request.headers, id), access, renewed !== undefined));
    return signedOut(request, id, former);
  } catch (error) {
    const response = failure(error, id);
    // The account is still there, and so is its session, whose former token is used up.
    keepRenewed(request, response, session);
    return response;
  }
}

async function withTokens(
  request: NextRequest,
  obtain: (credentials: Credentials, headers: CallHeaders) => Promise<Tokens>,
): Promise<Response> {
  const id = requestId(request.headers);
  const credentials = await readJson(request, id, credentialsSchema);
  if (credentials instanceof Response) return credentials;
  try {
    const tokens = await obtain(credentials, callHeaders(request.headers, id));
    const response = done(id);
    setSessionCookies(request.headers, response, tokens);
    return response;
  } catch (error) {
    return failure(error, id);
  }
}

function signedOut(request: NextRequest, id: string, former: boolean): Response {
  const response = done(id);
  dropSessionCookies(request.headers, response, former);
  return response;
}

function done(id: string): NextResponse {
  return new NextResponse(null, { status: 204, headers: { "x-request-id": id } });
}

function failure(error: unknown, id: string): NextResponse {
  if (error instanceof Refused || error instanceof Busy) {
    const headers: Record<string, string> = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
    return problem(error.status, error.message, id, headers);
  }
  log("error", "The backend could not be asked for a session.", { request_id: id, error: String(error) });
  if (isTimeout(error)) return problem(504, "The backend took too long to answer. Try again in a moment.", id);
  return problem(502, "The backend cannot be reached right now. Try again in a moment.", id);
}
