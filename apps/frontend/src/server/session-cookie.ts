import "server-only";
import type { NextResponse } from "next/server";
import type { Tokens } from "./accounts";

/** Whether the browser came over https. The header is set by start.mjs, never by an untrusted caller. */
function isHttps(headers: Headers): boolean {
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/** The cookies' names. Browsers refuse the `__Host-` prefix without https, and a local cluster is reached over http. */
export function cookieNames(headers: Headers): { access: string; refresh: string } {
  const prefix = isHttps(headers) ? "__Host-" : "";
  return { access: `${prefix}todo_session`, refresh: `${prefix}todo_refresh` };
}

interface Cookies {
  get: (name: string) => { value: string } | undefined;
}

/** The tokens of the session that a request belongs to. The access token's cookie ends before the token does. */
export function sessionTokens(headers: Headers, cookies: Cookies): { access?: string; refresh?: string } {
  const names = cookieNames(headers);
  const access = cookies.get(names.access)?.value;
  const refresh = cookies.get(names.refresh)?.value;
  return { ...(access ? { access } : {}), ...(refresh ? { refresh } : {}) };
}

/** Keeps the tokens in cookies that scripts cannot read, or takes them away if `tokens` is null. */
export function setSessionCookies(headers: Headers, response: NextResponse, tokens: Tokens | null): void {
  const names = cookieNames(headers);
  const options = { httpOnly: true, sameSite: "lax", secure: isHttps(headers), path: "/" } as const;
  // A little earlier than the token itself ends, so that one that is sent is still good when it arrives.
  const maxAge = Math.max(1, (tokens?.expires_in ?? 0) - 15);
  response.cookies.set(names.access, tokens?.access_token ?? "", { ...options, maxAge: tokens ? maxAge : 0 });
  response.cookies.set(names.refresh, tokens?.refresh_token ?? "", {
    ...options,
    maxAge: tokens?.refresh_expires_in ?? 0,
  });
}
