import "server-only";
import type { IncomingHttpHeaders } from "undici/types/header";

/** Everything else a caller sends (Cookie, Authorization, X-Forwarded-*, Host, hop-by-hop headers) stays here. */
const requestHeaders = [
  "accept",
  "content-type",
  "content-length",
  "if-match",
  "if-none-match",
  "idempotency-key",
  "last-event-id",
  "x-time-zone",
];

const responseHeaders = [
  "cache-control",
  "content-disposition",
  "content-language",
  "content-length",
  "content-type",
  "etag",
  "last-modified",
  "link",
  "retry-after",
  "vary",
  "x-next-cursor",
];

/** Headers for the backend: the harmless ones of the caller, and what only this server may say. */
export function toBackend(headers: Headers, requestId: string, token: string | undefined): Record<string, string> {
  const result: Record<string, string> = { "accept-encoding": "identity", "x-request-id": requestId };
  for (const name of requestHeaders) {
    const value = headers.get(name);
    if (value !== null) result[name] = value;
  }
  // Both are set by runtime/start.mjs from the connection itself; what a caller wrote there is gone by now.
  for (const name of ["x-forwarded-for", "x-forwarded-proto"]) {
    const value = headers.get(name);
    if (value !== null) result[name] = value;
  }
  if (token !== undefined) result.authorization = `Bearer ${token}`;
  return result;
}

/** Headers for the browser. Cookies, redirects and the backend's own marks are not passed on. */
export function toBrowser(headers: IncomingHttpHeaders, requestId: string): Headers {
  const result = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
  for (const name of responseHeaders) {
    const value = headers[name];
    if (typeof value === "string") result.set(name, value);
  }
  // Compressing a stream of events would hold events back.
  if (result.get("content-type")?.startsWith("text/event-stream"))
    result.set("cache-control", "no-store, no-transform");
  return result;
}
