import http, { type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refuseUnknownMethods } from "../../runtime/known-methods.mjs";

const { createServer } = http;
let server: Server;
let reached: (string | undefined)[] = [];

beforeAll(async () => {
  refuseUnknownMethods();
  server = http.createServer((request, response) => {
    reached.push(request.method);
    response.end("{}");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
});

afterAll(() => {
  http.createServer = createServer;
  server.close();
});

async function ask(method: string) {
  reached = [];
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request({ host: "127.0.0.1", port, method, agent: false }, resolve).on("error", reject).end();
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: method === "HEAD" ? null : await json(response),
  };
}

test.each(["TRACE", "PROPFIND", "LOCK", "SEARCH"])(
  "%s is refused with a problem, and goes no further",
  async (method) => {
    const { status, headers, body } = await ask(method);
    expect(status).toBe(405);
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      allow: expect.stringContaining("GET") as string,
    });
    expect(body).toMatchObject({ type: "about:blank", status: 405, request_id: headers["x-request-id"] });
    expect(reached).toEqual([]);
  },
);

test.each(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"])("%s passes", async (method) => {
  expect((await ask(method)).status).toBe(200);
  expect(reached).toEqual([method]);
});
