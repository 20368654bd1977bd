import type { NextRequest } from "next/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forward } from "@/server/backend/forward";
import { closeSession, openSession } from "@/server/session/sign-in-and-out";
import { pageRequest } from "../support/request";
import { startStub } from "../support/stub-backend";
import { cookiesOf, tokens } from "../support/tokens";

let stub: Awaited<ReturnType<typeof startStub>>;
let refused: boolean;

beforeEach(async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  refused = false;
  stub = await startStub((request, response) => {
    if (refused) response.writeHead(401).end(JSON.stringify({ detail: "Sign in first." }));
    else {
      const auth = request.url?.startsWith("/api/v1/auth/") === true;
      response.end(JSON.stringify(auth ? { ...tokens, access_token: "new" } : []));
    }
  });
  vi.stubEnv("BACKEND_URL", stub.url);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await stub.close();
});

const at = (host: string, path: string, cookie = "", rest: Record<string, string> = {}): NextRequest =>
  pageRequest(path, { headers: { host, cookie, ...rest } });

/** Signs in at a host. Gives what the browser sends from then on to each port of this host. */
async function signInAt(host: string): Promise<string[]> {
  const body = JSON.stringify({ email: "ann@example.com", password: "correct horse" });
  const headers = { host, origin: `http://${host}` };
  const response = await openSession(pageRequest("/api/session", { method: "POST", body, headers }));
  expect(response.status).toBe(204);
  return [...cookiesOf(response).values()].map((cookie) => cookie.split(";")[0] ?? "");
}

const authorizations = () => stub.seen.map(({ headers }) => headers.authorization);

describe("two stacks on one machine, whose cookies the browser sends to both", () => {
  test.each(["localhost", "127.0.0.1", "[::1]"])(
    "a sign-in at one leaves the session of the other: %s",
    async (name) => {
      const first = await signInAt(`${name}:30080`);
      const second = await signInAt(`${name}:30081`);
      const nameOf = (cookie: string) => cookie.split("=")[0];
      expect([...new Set([...first, ...second].map(nameOf))]).toHaveLength(4);
    },
  );

  test("each is asked with its own session", async () => {
    const cookie = "todo_session_30080=first; todo_session_30081=second";
    await forward(at("localhost:30080", "/api/backend/todos", cookie));
    await forward(at("localhost:30081", "/api/backend/todos", cookie));
    expect(authorizations()).toEqual(["Bearer first", "Bearer second"]);
  });

  test("a renewal at one leaves the session of the other", async () => {
    const cookie = "todo_refresh_30080=first; todo_session=other; todo_refresh=other";
    const response = await forward(at("localhost:30080", "/api/backend/todos", cookie));
    expect([...cookiesOf(response).keys()].sort()).toEqual(["todo_refresh_30080", "todo_session_30080"]);
  });

  test("a sign-out at one leaves the session of another, which is asked without a port", async () => {
    expect(await droppedAt("todo_session_30080=current; todo_session=other; todo_refresh=other")).toEqual([
      "todo_refresh_30080",
      "todo_session_30080",
    ]);
  });

  test.each(["todo_session=other; todo_refresh=other", "todo_refresh=other"])(
    "a session of another stack, which the backend refuses, is left: %s",
    async (cookie) => {
      refused = true;
      expect(await droppedAt(cookie)).toEqual(["todo_refresh_30080", "todo_session_30080"]);
      expect(stub.seen).toHaveLength(1);
    },
  );
});

/** Signs out with these cookies. Gives the names of those that the browser drops. */
async function droppedAt(cookie: string): Promise<string[]> {
  const headers = { host: "localhost:30080", cookie };
  return [...cookiesOf(await closeSession(pageRequest("/api/session", { method: "DELETE", headers }))).keys()].sort();
}

test("a site without a port in its address has cookies without one", async () => {
  expect((await signInAt("todo.example")).map((cookie) => cookie.split("=")[0]).sort()).toEqual([
    "todo_refresh",
    "todo_session",
  ]);
});

describe("a session from before the port was part of the names", () => {
  test("goes on", async () => {
    await forward(at("localhost:30080", "/api/backend/todos", "todo_session=former"));
    expect(authorizations()).toEqual(["Bearer former"]);
  });

  test("gets the names with the port when it is renewed, over https too", async () => {
    const https = { "x-forwarded-proto": "https" };
    for (const [prefix, headers] of [["", {}] as const, ["__Host-", https] as const]) {
      const cookie = `${prefix}todo_refresh=former`;
      const cookies = cookiesOf(await forward(at("localhost:30080", "/api/backend/todos", cookie, headers)));
      expect(cookies.get(`${prefix}todo_session_30080`)).toContain("=new;");
      expect(cookies.get(`${prefix}todo_refresh`)).toContain("Max-Age=0");
    }
  });

  test("gives way to one that has the port in its names", async () => {
    await forward(at("localhost:30080", "/api/backend/todos", "todo_session=former; todo_session_30080=current"));
    expect(authorizations()).toEqual(["Bearer current"]);
  });
});
