import "server-only";
import { NextResponse, type NextRequest } from "next/server";
import { callHeaders, Refused, signIn, signUp, type CallHeaders, type Token } from "./accounts";
import { isTimeout } from "./backend";
import { readCredentials, type Credentials } from "./credentials";
import { log } from "./log";
import { problem } from "./problem";
import { requestId } from "./request-id";
import { isSameOrigin } from "./same-origin";
import { setSessionCookie } from "./session-cookie";

/** Signs in: the token goes into a cookie that scripts cannot read, and nothing of it into the answer. */
export function openSession(request: NextRequest): Promise<Response> {
  return withToken(request, signIn);
}

/** Signs up, and signs in at once. */
export function openAccount(request: NextRequest): Promise<Response> {
  return withToken(request, async (credentials, headers) => {
    await signUp(credentials, headers);
    return signIn(credentials, headers);
  });
}

/** Signs out: forgets the cookie. */
export function closeSession(request: NextRequest): Response {
  const id = requestId(request.headers);
  if (!isSameOrigin(request)) return problem(403, "Only pages of this site may sign out.", id);
  const response = new NextResponse(null, { status: 204, headers: { "x-request-id": id } });
  setSessionCookie(request, response, "", 0);
  return response;
}

async function withToken(
  request: NextRequest,
  obtain: (credentials: Credentials, headers: CallHeaders) => Promise<Token>,
): Promise<Response> {
  const id = requestId(request.headers);
  const credentials = await readCredentials(request, id);
  if (credentials instanceof Response) return credentials;
  try {
    const token = await obtain(credentials, callHeaders(request.headers, id));
    const response = new NextResponse(null, { status: 204, headers: { "x-request-id": id } });
    setSessionCookie(request, response, token.access_token, token.expires_in);
    return response;
  } catch (error) {
    return failure(error, id);
  }
}

function failure(error: unknown, id: string): Response {
  if (error instanceof Refused) {
    const headers: Record<string, string> = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
    return problem(error.status, error.message, id, headers);
  }
  log("error", "The backend could not be asked for a session.", { request_id: id, error: String(error) });
  if (isTimeout(error)) return problem(504, "The backend took too long to answer. Try again in a moment.", id);
  return problem(502, "The backend cannot be reached right now. Try again in a moment.", id);
}
