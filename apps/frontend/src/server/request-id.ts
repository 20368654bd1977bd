import "server-only";

const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's X-Request-Id if it is 8 to 64 harmless characters, else a new random one. */
export function requestId(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && acceptable.test(given) ? given : crypto.randomUUID();
}
