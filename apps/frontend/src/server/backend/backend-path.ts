import "server-only";

const mount = "/api/backend/";
const base = "/api/v1/";

/** What the browser may reach. Of `auth/` only what answers without tokens and leaves the cookies right. */
const open = [/^auth\/(me|password|signout-everywhere|sessions(\/[^/]+)?)$/, /^todos(\/|$)/, /^chat\//];

/** One part of a path: no percent signs, slashes or backslashes, and never only dots. */
const segment = /^(?!\.+$)[A-Za-z0-9._~-]{1,128}$/;

/**
 * Maps the address of a proxied request to path and query on the backend, or null if it must not be forwarded.
 * Every part is checked against a list of allowed characters, so that nothing is left to decode or to normalise.
 */
export function backendPath(url: string): string | null {
  const parsed = URL.parse(url);
  if (!parsed?.pathname.startsWith(mount)) return null;
  const path = parsed.pathname.slice(mount.length);
  if (!path.split("/").every((part) => segment.test(part))) return null;
  if (!open.some((pattern) => pattern.test(path))) return null;
  if (parsed.search.length > 4096) return null;
  return `${base}${path}${parsed.search}`;
}
