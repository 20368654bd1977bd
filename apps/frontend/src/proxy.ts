import { NextResponse, type NextRequest } from "next/server";
import { contentSecurityPolicy } from "@/server/content-security-policy";
import { log } from "@/server/log";
import { keepRenewed, sessionOf, type Session } from "@/server/session/renew-session";
import { requestId } from "@/server/request-id";
import { cookieNames } from "@/server/session/session-cookie";

/**
 * Runs before every page: gives it a Content-Security-Policy with a nonce of its own (Next puts that on its scripts),
 * and renews a session whose access token has ended, because a page itself cannot set cookies.
 * It decides nothing about who may see what: pages and the backend check that themselves.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const session = await sessionIfReachable(request);
  if (session.renewed) request.cookies.set(cookieNames(request.headers).access, session.renewed.access_token);
  const policy = contentSecurityPolicy(Buffer.from(crypto.randomUUID()).toString("base64"));
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  // Only this server says so, never the browser.
  if (session.renewed) headers.set("x-session-renewed", "1");
  else headers.delete("x-session-renewed");
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  keepRenewed(request, response, session);
  return response;
}

async function sessionIfReachable(request: NextRequest): Promise<Session> {
  const id = requestId(request.headers);
  try {
    return await sessionOf(request, id);
  } catch (error) {
    log("warn", "A session could not be renewed.", { request_id: id, error: String(error) });
    return { former: false };
  }
}

/** Handlers under /api have a policy of their own, and would have their bodies buffered here. */
export const config = { matcher: ["/((?!api/|feeds/|_next/static|icon|manifest\\.webmanifest$|sw\\.js$).*)"] };
