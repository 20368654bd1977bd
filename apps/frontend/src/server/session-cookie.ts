import "server-only";
import type { NextRequest, NextResponse } from "next/server";

/** Whether the browser came over https. The header is set by start.mjs, never by an untrusted caller. */
function isHttps(headers: Headers): boolean {
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/** The cookie's name. Browsers refuse the `__Host-` prefix without https, and a local cluster is reached over http. */
export function sessionCookieName(headers: Headers): string {
  return isHttps(headers) ? "__Host-todo_session" : "todo_session";
}

/** The access token of the session that this request belongs to. */
export function sessionToken(request: NextRequest): string | undefined {
  return request.cookies.get(sessionCookieName(request.headers))?.value;
}

/** Keeps the access token in a cookie that scripts cannot read. `maxAge` is in seconds; 0 ends the session. */
export function setSessionCookie(request: NextRequest, response: NextResponse, token: string, maxAge: number): void {
  const { headers } = request;
  response.cookies.set(sessionCookieName(headers), token, {
    httpOnly: true,
    sameSite: "lax",
    secure: isHttps(headers),
    path: "/",
    maxAge,
  });
}
