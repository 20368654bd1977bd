import { expect, test } from "vitest";
import { config, proxy } from "@/proxy";
import { pageRequest } from "../support/request";

function policy(): Map<string, string> {
  const header = proxy(pageRequest("/")).headers.get("content-security-policy") ?? "";
  return new Map(header.split("; ").map((part) => [part.split(" ")[0] ?? "", part]));
}

test("scripts run by nonce only, and nothing else is open", () => {
  const rules = policy();
  expect(rules.get("script-src")).toMatch(/^script-src 'self' 'nonce-[A-Za-z0-9+/=]{24,}' 'strict-dynamic'$/);
  expect(rules.get("style-src")).toMatch(/^style-src 'self' 'nonce-[A-Za-z0-9+/=]{24,}'$/);
  expect([...rules.values()].join()).not.toMatch(/unsafe-/);
  for (const name of ["object-src", "base-uri", "frame-ancestors"]) expect(rules.get(name)).toBe(`${name} 'none'`);
});

test("every request has a nonce of its own", () => {
  expect(policy().get("script-src")).not.toBe(policy().get("script-src"));
});

test.each([
  ["/", true],
  ["/signin", true],
  ["/nowhere", true],
  ["/api/backend/todos", false],
  ["/_next/static/x.js", false],
])("%s gets the policy of pages: %s", (path, expected) => {
  expect(config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path))).toBe(expected);
});
