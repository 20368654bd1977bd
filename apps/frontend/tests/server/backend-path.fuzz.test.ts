import fc from "fast-check";
import { expect, test } from "vitest";
import { backendPath } from "@/server/backend/backend-path";

const backend = "http://todo-backend:8000";

/** Pieces that paths are attacked with, among harmless ones. */
const piece = fc.oneof(
  fc.constantFrom("todos", "chat", "auth", "me", "password", "signin", "refresh", "metrics", "health", "api", "v1"),
  fc.constantFrom("/", "//", "\\", "..", ".", "...", ";", "?", "#", "@", ":", "*", " ", "\t", "\n", "\u0000", "[", "|"),
  fc.constantFrom("%2e", "%2E", "%2f", "%5c", "%00", "%0d%0a", "%252e", "%c0%ae", "%ff", "%", "%zz", "%3f", "%23"),
  fc.constantFrom("http:", "https://evil.example", "//evil.example", "evil.example", "localhost", "[::1]", "0x7f.1"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 6 }),
);

const path = fc
  .tuple(
    fc.constantFrom("/api/backend/", "/api/backend", "/", "", "/api/backend/todos/"),
    fc.array(piece, { maxLength: 8 }),
  )
  .map(([start, pieces]) => start + pieces.join(""));

/** The only paths on the backend that a browser may reach. */
const allowed = /^\/api\/v1\/(auth\/(me|password)|todos(\/[A-Za-z0-9._~-]+)*|chat(\/[A-Za-z0-9._~-]+)+)$/;

test("whatever the path, only listed paths under the backend's prefix are ever asked", () => {
  let forwarded = 0;
  fc.assert(
    fc.property(path, (asked) => {
      const mapped = backendPath(`http://localhost:30080${asked}`);
      if (mapped === null) return;
      forwarded++;
      // Read again as the client that calls the backend reads it.
      const url = new URL(`${backend}${mapped}`);
      expect(url.origin).toBe(backend);
      expect(url.pathname).toMatch(allowed);
      expect(mapped).toBe(`${url.pathname}${url.search}`);
    }),
    { numRuns: 20_000 },
  );
  // A test in which nothing passes would prove nothing.
  expect(forwarded).toBeGreaterThan(100);
});
