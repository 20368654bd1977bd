import type { RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { closeAccount, closeSession, openAccount, openSession } from "@/server/session/sign-in-and-out";
import { pageRequest, without } from "../support/request";
import { startStub } from "../support/stub-backend";
import { cookiesOf, tokens } from "../support/tokens";

const credentials = JSON.stringify({ email: "ann@example.com", password: "correct horse" });
let stub: Awaited<ReturnType<typeof startStub>>;
let answer: RequestListener;

beforeEach(async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  answer = (request, response) => {
    const created = request.url === "/api/v1/auth/signup";
    response.writeHead(created ? 201 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(created ? { id: "1" } : tokens));
  };
  stub = await startStub((request, response) => {
    answer(request, response);
  });
  vi.stubEnv("BACKEND_URL", stub.url);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await stub.close();
});

const send = (headers: Record<string, string> = {}) =>
  pageRequest("/api/session", { method: "POST", body: credentials, headers });

describe("signing in", () => {
  test("puts the tokens into cookies that scripts cannot read, and nowhere else", async () => {
    const response = await openSession(send());
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    const cookies = cookiesOf(response);
    expect([...cookies.keys()].sort()).toEqual(["todo_refresh_30080", "todo_session_30080"]);
    expect(cookies.get("todo_session_30080")).toMatch(
      /=header\.payload\.signature; Path=\/; .*Max-Age=885; HttpOnly; SameSite=lax$/,
    );
    expect(cookies.get("todo_refresh_30080")).toMatch(
      /=refresh-canary; Path=\/; .*Max-Age=86400; HttpOnly; SameSite=lax$/,
    );
    // Next keeps a copy for itself under x-middleware-*, and sends none of these on.
    const rest = [...response.headers].filter(([name]) => name !== "set-cookie" && !name.startsWith("x-middleware-"));
    expect(JSON.stringify(rest)).not.toMatch(/signature|canary/);
  });

  test("over https the cookies are bound to this host and to https", async () => {
    const cookies = cookiesOf(await openSession(send({ "x-forwarded-proto": "https" })));
    for (const name of ["__Host-todo_session_30080", "__Host-todo_refresh_30080"]) {
      expect(cookies.get(name)).toMatch(/Path=\/; .*Secure; HttpOnly; SameSite=lax$/);
    }
  });

  test("the backend hears the request id, the client's address and the browser's name", async () => {
    const agent = "Firefox/140.0 ".repeat(100);
    await openSession(send({ "x-request-id": "request-0001", "x-forwarded-for": "10.0.0.9", "user-agent": agent }));
    expect(stub.seen[0]).toMatchObject({
      url: "/api/v1/auth/signin",
      headers: { "x-request-id": "request-0001", "x-forwarded-for": "10.0.0.9", "user-agent": agent.slice(0, 200) },
    });
  });

  test.each([429, 503])("shows the backend's refusal with %i, and sets no cookie", async (status) => {
    answer = (_request, response) =>
      response
        .writeHead(status, { "retry-after": "30" })
        .end(JSON.stringify({ detail: "Too many tries. Wait 30 seconds." }));
    const response = await openSession(send());
    expect([response.status, response.headers.get("retry-after"), response.headers.get("set-cookie")]).toEqual([
      status,
      "30",
      null,
    ]);
    expect(await response.json()).toMatchObject({ detail: "Too many tries. Wait 30 seconds." });
  });

  test.each([
    ["fails", () => "", 500],
    ["answers without a token", () => "{}", 200],
  ])("502 if the backend %s", async (_name, body, status) => {
    answer = (_request, response) => response.writeHead(status).end(body());
    const response = await openSession(send());
    expect([response.status, response.headers.get("set-cookie")]).toEqual([502, null]);
  });

  test("502 if the backend is away", async () => {
    await stub.close();
    expect((await openSession(send())).status).toBe(502);
  });

  test.each([
    ["another site", 403, () => send({ origin: "http://evil.example" })],
    ["a form", 415, () => send({ "content-type": "text/plain" })],
    ["no length", 400, () => without(send(), "content-length")],
    ["a large body", 413, () => send({ "content-length": "100000" })],
    ["no JSON", 400, () => pageRequest("/api/session", { method: "POST", body: "email=a" })],
    ["something else", 400, () => pageRequest("/api/session", { method: "POST", body: '{"email":1}' })],
    [
      "more than asked for",
      400,
      () => pageRequest("/api/session", { method: "POST", body: '{"email":"a","password":"b","admin":true}' }),
    ],
  ])("refuses %s: %i", async (_name, status, request) => {
    const response = await openSession(request());
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(stub.seen).toEqual([]);
  });
});

describe("signing up", () => {
  test("makes the account and signs in", async () => {
    const response = await openAccount(pageRequest("/api/account", { method: "POST", body: credentials }));
    expect(stub.seen.map((request) => request.url)).toEqual(["/api/v1/auth/signup", "/api/v1/auth/signin"]);
    expect(cookiesOf(response).get("todo_session_30080")).toContain("header.payload.signature");
  });

  test("stops at a refusal", async () => {
    answer = (_request, response) =>
      response.writeHead(409).end(JSON.stringify({ detail: "There is such an account." }));
    const response = await openAccount(pageRequest("/api/account", { method: "POST", body: credentials }));
    expect([response.status, stub.seen.length]).toEqual([409, 1]);
  });
});

const leave = (headers: Record<string, string> = {}) =>
  pageRequest("/api/session", { method: "DELETE", headers: { cookie: "todo_session_30080=current", ...headers } });

function expectCookiesGone(response: Response) {
  for (const name of ["todo_session_30080", "todo_refresh_30080"]) {
    expect(cookiesOf(response).get(name)).toMatch(new RegExp(`^${name}=; .*Max-Age=0`));
  }
}

describe("signing out", () => {
  test("ends the session in the backend, and the cookies", async () => {
    expectCookiesGone(await closeSession(leave()));
    expect(stub.seen).toMatchObject([{ url: "/api/v1/auth/signout", headers: { authorization: "Bearer current" } }]);
  });

  test("works for a session whose access token has ended", async () => {
    await closeSession(leave({ cookie: "todo_refresh_30080=old" }));
    expect(stub.seen.map((request) => request.url)).toEqual(["/api/v1/auth/refresh", "/api/v1/auth/signout"]);
    expect(stub.seen[1]?.headers["x-session-renewed"], "the browser does not have the new token").toBe("1");
  });

  test("ends the cookies even if the backend is away", async () => {
    await stub.close();
    expectCookiesGone(await closeSession(leave()));
  });

  test("ends a session whose cookies have the names from before the port was part of them", async () => {
    const response = await closeSession(leave({ cookie: "todo_session=current" }));
    expect(stub.seen).toMatchObject([{ headers: { authorization: "Bearer current" } }]);
    expect(cookiesOf(response).get("todo_session")).toContain("Max-Age=0");
    expect(cookiesOf(response).get("todo_refresh")).toContain("Max-Age=0");
  });

  test("is refused to another site", async () => {
    const response = await closeSession(leave({ "sec-fetch-site": "cross-site" }));
    expect([response.status, cookiesOf(response).size, stub.seen.length]).toEqual([403, 0, 0]);
  });
});

describe("deleting the account", () => {
  const request = (headers: Record<string, string> = {}) =>
    pageRequest("/api/account", {
      method: "DELETE",
      body: '{"password":"correct horse"}',
      headers: { cookie: "todo_session_30080=current", ...headers },
    });

  test("tells the backend, and ends the cookies", async () => {
    expectCookiesGone(await closeAccount(request()));
    expect(stub.seen).toMatchObject([
      { url: "/api/v1/auth/delete-account", headers: { authorization: "Bearer current" } },
    ]);
  });

  test("a wrong password keeps the session", async () => {
    answer = (_request, response) =>
      response.writeHead(403).end(JSON.stringify({ detail: "That is not your password." }));
    const response = await closeAccount(request());
    expect([response.status, cookiesOf(response).size]).toEqual([403, 0]);
    expect(stub.seen[0]?.headers).not.toHaveProperty("x-session-renewed");
  });

  test.each([
    ["a wrong password", 403, 403],
    ["a backend that fails", 500, 502],
  ])("%s keeps a session that had to be renewed first", async (_name, backend, status) => {
    answer = (asked, response) => {
      if (asked.url === "/api/v1/auth/refresh") response.end(JSON.stringify(tokens));
      else response.writeHead(backend).end(JSON.stringify({ detail: "That is not your password." }));
    };
    const response = await closeAccount(request({ cookie: "todo_refresh_30080=old" }));
    expect(response.status).toBe(status);
    expect(stub.seen.map(({ headers }) => headers["x-session-renewed"])).toEqual([undefined, "1"]);
    expect(cookiesOf(response).get("todo_refresh_30080")).toContain(tokens.refresh_token);
    expect(cookiesOf(response).get("todo_session_30080")).toContain(tokens.access_token);
  });

  test("ends the cookies of a session that had to be renewed first", async () => {
    expectCookiesGone(await closeAccount(request({ cookie: "todo_refresh_30080=old" })));
  });

  test.each([
    ["another site", 403, { "sec-fetch-site": "cross-site" }],
    ["nobody in particular", 401, { cookie: "" }],
  ])("is refused to %s: %i", async (_name, status, headers: Record<string, string>) => {
    expect((await closeAccount(request(headers))).status).toBe(status);
    expect(stub.seen).toEqual([]);
  });
});
