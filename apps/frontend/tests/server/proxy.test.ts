import { afterEach, describe, expect, test, vi } from "vitest";
import { config, proxy } from "@/proxy";
import { pageRequest } from "../support/request";
import { startStub } from "../support/stub-backend";
import { cookiesOf, tokens } from "../support/tokens";

async function policy(): Promise<Map<string, string>> {
  const header = (await proxy(pageRequest("/"))).headers.get("content-security-policy") ?? "";
  return new Map(header.split("; ").map((part) => [part.split(" ")[0] ?? "", part]));
}

test("scripts run by nonce only, and nothing else is open", async () => {
  const rules = await policy();
  expect(rules.get("script-src")).toMatch(/^script-src 'self' 'nonce-[A-Za-z0-9+/=]{24,}' 'strict-dynamic'$/);
  expect(rules.get("style-src")).toMatch(/^style-src 'self' 'nonce-[A-Za-z0-9+/=]{24,}'$/);
  expect([...rules.values()].join()).not.toMatch(/unsafe-/);
  expect(rules.get("worker-src")).toBe("worker-src 'self'");
  for (const name of ["object-src", "base-uri", "frame-ancestors"]) expect(rules.get(name)).toBe(`${name} 'none'`);
});

test("only the development server may evaluate code and open web sockets", async () => {
  expect((await policy()).get("connect-src")).toBeUndefined();
  vi.stubEnv("NODE_ENV", "development");
  const rules = await policy();
  vi.unstubAllEnvs();
  expect(rules.get("script-src")).toContain(" 'unsafe-eval'");
  expect(rules.get("connect-src")).toBe("connect-src 'self' ws:");
});

test("every request has a nonce of its own", async () => {
  expect((await policy()).get("script-src")).not.toBe((await policy()).get("script-src"));
});

test.each([
  ["/", true],
  ["/signin", true],
  ["/nowhere", true],
  ["/api/backend/todos", false],
  ["/_next/static/x.js", false],
  ["/feeds/secret.ics", false],
  ["/manifest.webmanifest", false],
  ["/sw.js", false],
  ["/switch", true],
  ["/offline.html", true],
])("%s gets the policy of pages: %s", (path, expected) => {
  expect(config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path))).toBe(expected);
});

describe("a page asked for with a session whose access token has ended", () => {
  const request = () => pageRequest("/", { headers: { cookie: "todo_refresh_30080=old" } });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test("sees the renewed session, and so does the browser", async () => {
    const stub = await startStub((_request, response) => response.end(JSON.stringify(tokens)));
    vi.stubEnv("BACKEND_URL", stub.url);
    const response = await proxy(request());
    await stub.close();
    expect([...cookiesOf(response).keys()].sort()).toEqual(["todo_refresh_30080", "todo_session_30080"]);
    expect(response.headers.get("x-middleware-request-cookie")).toContain(`todo_session_30080=${tokens.access_token}`);
    expect(response.headers.get("x-middleware-request-x-session-renewed")).toBe("1");
  });

  test("is still made if the backend is away", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.stubEnv("BACKEND_URL", "http://127.0.0.1:1");
    const response = await proxy(request());
    expect([response.status, cookiesOf(response).size]).toEqual([200, 0]);
  });
});
