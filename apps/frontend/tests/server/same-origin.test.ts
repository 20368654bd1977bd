import { expect, test } from "vitest";
import { isSameOrigin } from "@/server/session/same-origin";

const host = "localhost:30080";

test.each([
  ["a page of this site", { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" }, true],
  ["a page of this site, over plain http to a plain address", { host, origin: `http://${host}` }, true],
  ["a browser that sends no origin", { host, "sec-fetch-site": "same-origin" }, true],
  ["another site", { host, origin: "http://evil.example", "sec-fetch-site": "cross-site" }, false],
  ["another site, over plain http to a plain address", { host, origin: "http://evil.example" }, false],
  ["another port of this host", { host, origin: "http://localhost:9999", "sec-fetch-site": "same-site" }, false],
  ["another port, no fetch metadata", { host, origin: "http://localhost:9999" }, false],
  ["a sandboxed frame", { host, origin: "null" }, false],
  ["an address typed by hand", { host, "sec-fetch-site": "none" }, false],
  ["a caller that says nothing", { host }, false],
  ["contradicting marks", { host, origin: "http://evil.example", "sec-fetch-site": "same-origin" }, false],
] as const)("%s may change things: %s", (_name, headers, expected) => {
  const request = { method: "POST", headers: new Headers(headers) } as Request;
  expect(isSameOrigin(request)).toBe(expected);
});

test("reading is open to every caller", () => {
  expect(
    isSameOrigin({ method: "GET", headers: new Headers({ host, origin: "http://evil.example" }) } as Request),
  ).toBe(true);
});
