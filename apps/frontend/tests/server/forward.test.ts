import { json, text } from "node:stream/consumers";
import type { RequestListener } from "node:http";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from "vitest";
import { maxBodyBytes, maxImportBytes } from "@/server/backend/bounded-body";
import { forward } from "@/server/backend/forward";
import { pageRequest, without } from "../support/request";
import { startStub } from "../support/stub-backend";
import { cookiesOf, tokens } from "../support/tokens";

// The real pools wait 30 seconds for an answer.
vi.mock("@/server/backend/backend", async (original) => ({
  ...(await original<typeof import("@/server/backend/backend")>()),
  backendPool: new Agent({ headersTimeout: 300, connect: { timeout: 300 } }),
  changePool: new Agent({ headersTimeout: 300, connect: { timeout: 300 }, pipelining: 0 }),
}));

let stub: Awaited<ReturnType<typeof startStub>>;
let answer: RequestListener;
let written: MockInstance<typeof process.stdout.write>;

beforeEach(async () => {
  written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  answer = (_request, response) => response.setHeader("content-type", "application/json").end("[]");
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

async function expectProblem(response: Response, status: number) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ type: "about:blank", status, detail: expect.any(String) as string });
}

describe("what reaches the backend", () => {
  test("method, path, query and body", async () => {
    let body: unknown;
    answer = (request, response) => {
      void json(request).then((value) => {
        body = value;
        response.writeHead(201, { "content-type": "application/json" }).end('{"id":1}');
      });
    };
    const response = await forward(pageRequest("/api/backend/todos?x=1", { method: "POST", body: '{"title":"Milk"}' }));
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ id: 1 });
    expect(stub.seen[0]).toMatchObject({ method: "POST", url: "/api/v1/todos?x=1" });
    expect(body).toEqual({ title: "Milk" });
  });

  test.each([
    ["GET", false],
    ["DELETE", true],
  ])("each %s over a connection of its own: %s", async (method, each) => {
    const connections = new Set<unknown>();
    answer = (request, response) => {
      connections.add(request.socket);
      response.setHeader("content-type", "application/json").end("[]");
    };
    for (let count = 0; count < 5; count += 1) {
      await (await forward(pageRequest("/api/backend/todos", { method }))).text();
    }
    expect(connections.size === 5).toBe(each);
  });

  test("the token of the session cookie, the request id and the client's address", async () => {
    const headers = {
      cookie: "todo_session_30080=secret; other=1",
      "x-request-id": "request-0001",
      "x-forwarded-for": "10.0.0.9",
    };
    await forward(pageRequest("/api/backend/todos", { headers }));
    expect(stub.seen[0]?.headers).toMatchObject({
      authorization: "Bearer secret",
      "x-request-id": "request-0001",
      "x-forwarded-for": "10.0.0.9",
    });
  });

  test("the version that the caller saw, and where the caller is", async () => {
    const headers = { "if-match": '"7"', "x-time-zone": "Europe/Berlin" };
    await forward(pageRequest("/api/backend/todos/1", { method: "PATCH", headers, body: "{}" }));
    expect(stub.seen[0]?.headers).toMatchObject(headers);
  });

  test("nothing else that the caller says about itself", async () => {
    const headers = {
      cookie: "other=1",
      authorization: "Bearer forged",
      connection: "x-secret",
      forwarded: "for=1.1.1.1",
      "x-forwarded-host": "evil.example",
      "x-real-ip": "1.1.1.1",
      "x-user-id": "7",
      "x-secret": "1",
      te: "trailers",
      upgrade: "websocket",
    };
    await forward(pageRequest("/api/backend/todos", { headers }));
    const allowed = ["host", "connection", "accept-encoding", "x-request-id"];
    expect(Object.keys(stub.seen[0]?.headers ?? {}).sort()).toEqual(allowed.sort());
    expect(stub.seen[0]?.headers.host).toBe(new URL(stub.url).host);
  });

  test("a request id of its own if the caller's could forge a log line", async () => {
    await forward(pageRequest("/api/backend/todos", { headers: { "x-request-id": 'bad id" {}' } }));
    expect(stub.seen[0]?.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a session whose access token has ended", () => {
  const request = () => pageRequest("/api/backend/todos", { headers: { cookie: "todo_refresh_30080=old" } });
  const renewWith = (status: number, body: unknown) => {
    answer = (asked, response) => {
      const renewal = asked.url === "/api/v1/auth/refresh";
      response.writeHead(renewal ? status : 200).end(JSON.stringify(renewal ? body : []));
    };
  };

  test("is renewed first, and the browser gets the new cookies", async () => {
    renewWith(200, tokens);
    const response = await forward(request());
    expect(response.status).toBe(200);
    expect(stub.seen).toMatchObject([
      { method: "POST", url: "/api/v1/auth/refresh" },
      { method: "GET", url: "/api/v1/todos", headers: { authorization: `Bearer ${tokens.access_token}` } },
    ]);
    expect([...cookiesOf(response).keys()].sort()).toEqual(["todo_refresh_30080", "todo_session_30080"]);
  });

  test("tells the backend so, which no browser can", async () => {
    renewWith(200, tokens);
    await forward(request());
    await forward(
      pageRequest("/api/backend/todos", { headers: { cookie: "todo_session_30080=x", "x-session-renewed": "1" } }),
    );
    expect(stub.seen.map(({ headers }) => headers["x-session-renewed"])).toEqual([undefined, "1", undefined]);
  });

  test("keeps its new cookies if the request then fails", async () => {
    answer = (asked, response) => {
      if (asked.url === "/api/v1/auth/refresh") response.end(JSON.stringify(tokens));
    };
    const response = await forward(request());
    expect(response.status).toBe(504);
    expect([...cookiesOf(response).keys()].sort()).toEqual(["todo_refresh_30080", "todo_session_30080"]);
  });

  test("is nobody's if the backend refuses to renew it", async () => {
    renewWith(401, { detail: "The session is over." });
    const response = await forward(request());
    expect(stub.seen[1]?.headers).not.toHaveProperty("authorization");
    expect(cookiesOf(response).size).toBe(0);
  });

  test("is not forgotten if the backend says with 429 to come back", async () => {
    answer = (_asked, response) => {
      response.writeHead(429, { "retry-after": "1" }).end(JSON.stringify({ detail: "Come back." }));
    };
    await expectProblem(await forward(request()), 502);
    expect(stub.seen.map(({ url }) => url)).toEqual(["/api/v1/auth/refresh"]);
  });

  test("waits for the backend if that says when to ask again: 503", async () => {
    answer = (_asked, response) => response.writeHead(503, { "retry-after": "5" }).end('{"detail":"No changes now."}');
    const response = await forward(request());
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.get("set-cookie")).toBeNull();
    await expectProblem(response, 503);
    expect(stub.seen.map(({ url }) => url)).toEqual(["/api/v1/auth/refresh"]);
  });

  test("waits for the backend if that fails: 502", async () => {
    renewWith(500, {});
    await expectProblem(await forward(request()), 502);
  });
});

describe("what is refused before the backend hears of it", () => {
  const post = { method: "POST", body: "{}" };
  test.each([
    ["a path that is not open", 404, () => pageRequest("/api/backend/auth/signin", post)],
    ["another method", 405, () => pageRequest("/api/backend/todos", { method: "OPTIONS" })],
    [
      "another site",
      403,
      () => pageRequest("/api/backend/todos", { ...post, headers: { "sec-fetch-site": "cross-site" } }),
    ],
    ["a form", 415, () => pageRequest("/api/backend/todos", { ...post, headers: { "content-type": "text/plain" } })],
    ["a body without a type", 415, () => without(pageRequest("/api/backend/todos", post), "content-type")],
    [
      "a body that says it is too large",
      413,
      () => pageRequest("/api/backend/todos", { ...post, body: "x".repeat(maxBodyBytes + 1) }),
    ],
  ])("%s: %i", async (_name, status, request) => {
    await expectProblem(await forward(request()), status);
    expect(stub.seen).toEqual([]);
  });

  test("a file of todos may be larger than other bodies, and is not without bounds", async () => {
    const send = (size: number) =>
      forward(pageRequest("/api/backend/todos/import", { method: "POST", body: "x".repeat(size) }));
    await send(maxBodyBytes + 1);
    expect(stub.seen.map(({ url }) => url)).toEqual(["/api/v1/todos/import"]);
    await expectProblem(await send(maxImportBytes + 1), 413);
  });

  test("the rest of a stream that turns out too large: 413", async () => {
    answer = (request) => request.resume();
    const endless = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    await expectProblem(await forward(pageRequest("/api/backend/todos", { method: "POST", body: endless })), 413);
  });
});

describe("what comes back", () => {
  test("harmless headers only", async () => {
    answer = (_request, response) =>
      response
        .writeHead(200, {
          etag: '"1"',
          server: "uvicorn",
          "set-cookie": "a=b",
          "x-internal": "1",
          "content-type": "application/json",
        })
        .end("[]");
    const { headers } = await forward(pageRequest("/api/backend/todos"));
    expect([...headers.keys()].sort()).toEqual(["cache-control", "content-type", "etag", "x-request-id"]);
  });

  test.each([204, 304])("an answer without a body: %i", async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    const response = await forward(pageRequest("/api/backend/todos"));
    expect(response.status).toBe(status);
    expect(response.body).toBeNull();
  });

  test("the backend's own problems, as they are", async () => {
    answer = (_request, response) =>
      response.writeHead(422, { "content-type": "application/problem+json" }).end('{"detail":"No."}');
    const response = await forward(pageRequest("/api/backend/todos"));
    expect([response.status, await response.json()]).toEqual([422, { detail: "No." }]);
  });

  test("a stream, piece by piece while the backend is still writing", async () => {
    let finish = () => undefined as unknown;
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      finish = () => response.end("data: last\n\n");
    };
    const response = await forward(pageRequest("/api/backend/todos"));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("data: first\n\n");
    finish();
    expect((await reader?.read())?.value).toBe("data: last\n\n");
    expect(response.headers.get("cache-control")).toContain("no-transform");
  });

  test("a redirect is neither followed nor passed on: 502", async () => {
    answer = (_request, response) => response.writeHead(307, { location: `${stub.url}/elsewhere` }).end();
    const response = await forward(pageRequest("/api/backend/todos"));
    expect(response.headers.has("location")).toBe(false);
    await expectProblem(response, 502);
    expect(stub.seen).toHaveLength(1);
  });
});

describe("when the backend fails", () => {
  test("away: 502", async () => {
    await stub.close();
    await expectProblem(await forward(pageRequest("/api/backend/todos")), 502);
  });

  test("too slow: 504", async () => {
    answer = () => undefined;
    await expectProblem(await forward(pageRequest("/api/backend/todos")), 504);
  });

  test("a connection that breaks is tried once more for GET", async () => {
    answer = (request, response) => {
      if (stub.seen.length === 1) request.socket.destroy();
      else response.end("[]");
    };
    expect((await forward(pageRequest("/api/backend/todos"))).status).toBe(200);
    expect(stub.seen).toHaveLength(2);
  });

  test("a connection that breaks is not tried again for POST, which could act twice", async () => {
    answer = (request) => request.socket.destroy();
    await expectProblem(await forward(pageRequest("/api/backend/todos", { method: "POST", body: "{}" })), 502);
    expect(stub.seen).toHaveLength(1);
  });

  test("a pod that does not answer a read is left for another", async () => {
    answer = (_request, response) => {
      if (stub.seen.length > 1) response.end("[]");
    };
    expect((await forward(pageRequest("/api/backend/todos"))).status).toBe(200);
    expect(stub.seen).toHaveLength(2);
  });

  test("what does not answer a change is not asked again, which could act twice", async () => {
    answer = () => undefined;
    await expectProblem(await forward(pageRequest("/api/backend/todos", { method: "POST", body: "{}" })), 504);
    expect(stub.seen).toHaveLength(1);
  });

  test("a caller that leaves ends the backend's work too", async () => {
    const left = Promise.withResolvers<undefined>();
    answer = (request, response) => {
      response.on("close", () => {
        left.resolve(undefined);
      });
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
      void text(request);
    };
    const response = await forward(pageRequest("/api/backend/todos"));
    await response.body?.cancel();
    await left.promise;
  });
});

test("a caller that leaves before the answer is no failure of the backend", async () => {
  const caller = new AbortController();
  answer = () => {
    caller.abort();
  };
  const response = await forward(pageRequest("/api/backend/todos", { signal: caller.signal }));
  expect(response.status).toBe(499);
  expect(written.mock.calls.map(([line]) => String(line)).join("")).not.toMatch(/"level":"(warn|error)"/);
});

test("one log line per request, without the token", async () => {
  await forward(pageRequest("/api/backend/todos?q=private", { headers: { cookie: "todo_session_30080=secret" } }));
  const lines = written.mock.calls.map(([line]) => String(line));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    method: "GET",
    path: "/api/backend/todos",
    status: 200,
  });
  expect(lines[0]).not.toMatch(/secret|private/);
});
