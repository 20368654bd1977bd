import "server-only";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request may change something: it must come from a page of this very site (CSRF protection).
 * Browsers say so in Sec-Fetch-Site; on plain http to another host than localhost they leave it out, and then
 * Origin must name the host that was asked. A request that carries neither is refused.
 */
export function isSameOrigin(request: Request): boolean {
  if (safe.has(request.method)) return true;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = request.headers.get("origin");
  if (origin === null) return site === "same-origin";
  return URL.parse(origin)?.host === request.headers.get("host");
}
