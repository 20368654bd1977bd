import "server-only";
import type { NextResponse } from "next/server";
import type { Tokens } from "./accounts";

interface Names {
  readonly access: string;
  readonly refresh: string;
}

/** Whether the browser came over https. The header is set by runtime/start.mjs, never by an untrusted caller. */
function isHttps(headers: Headers): boolean {
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/** Browsers refuse the `__Host-` prefix without https, and a local cluster is reached over http. */
function namesWith(headers: Headers, suffix: string): Names {
  const prefix = isHttps(headers) ? "__Host-" : "";
  return { access: `${prefix}todo_session${suffix}`, refresh: `${prefix}todo_refresh${suffix}` };
}

/**
 * The cookies' names, with the port that the browser asked. Browsers send a cookie to every port of its host, so that
 * of two stacks on one machine each would overwrite the session of the other.
 */
export function cookieNames(headers: Headers): Names {
  const port = URL.parse(`http://${headers.get("host") ?? ""}`)?.port ?? "";
  return namesWith(headers, port === "" ? "" : `_${port}`);
}

/** The names from before the port was part of them. A session that began under them goes on. */
function formerNames(headers: Headers): Names {
  return namesWith(headers, "");
}

interface Cookies {
  get: (name: string) => { value: string } | undefined;
}

/** The tokens of a session, and whether their cookies have the names from before the port was part of them. */
interface Kept {
  readonly access?: string;
  readonly refresh?: string;
  readonly former: boolean;
}

/** The tokens of the session that a request belongs to. The access token's cookie ends before the token does. */
export function sessionTokens(headers: Headers, cookies: Cookies): Kept {
  const kept = keptUnder(cookieNames(headers), cookies);
  if (kept.access !== undefined || kept.refresh !== undefined) return { ...kept, former: false };
  return { ...keptUnder(formerNames(headers), cookies), former: true };
}

function keptUnder(names: Names, cookies: Cookies): { access?: string; refresh?: string } {
  const access = cookies.get(names.access)?.value;
  const refresh = cookies.get(names.refresh)?.value;
  return { ...(access ? { access } : {}), ...(refresh ? { refresh } : {}) };
}

/** Keeps the tokens in cookies that scripts cannot read. */
export function setSessionCookies(headers: Headers, response: NextResponse, tokens: Tokens): void {
  const names = cookieNames(headers);
  // A little earlier than the token itself ends, so that one that is sent is still good when it arrives.
  set(headers, response, names.access, tokens.access_token, Math.max(1, tokens.expires_in - 15));
  set(headers, response, names.refresh, tokens.refresh_token, tokens.refresh_expires_in);
}

/**
 * Takes away the session's cookies. Those with the names from before the port was part of them go only if the session
 * came from them (`former`): another stack on this machine may have its own under these names.
 */
export function dropSessionCookies(headers: Headers, response: NextResponse, former: boolean): void {
  const { access, refresh } = cookieNames(headers);
  for (const name of [access, refresh]) set(headers, response, name, "", 0);
  if (former) dropFormerCookies(headers, response);
}

/** Takes away the cookies with the names from before the port was part of them. */
export function dropFormerCookies(headers: Headers, response: NextResponse): void {
  const { access, refresh } = formerNames(headers);
  if (access === cookieNames(headers).access) return;
  for (const name of [access, refresh]) set(headers, response, name, "", 0);
}

function set(headers: Headers, response: NextResponse, name: string, value: string, maxAge: number): void {
  const secure = isHttps(headers);
  response.cookies.set(name, value, { httpOnly: true, sameSite: "lax", secure, path: "/", maxAge });
}
