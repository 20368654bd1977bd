import { once } from "node:events";
import http, { Agent, type RequestListener, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { boundWork } from "../../runtime/bounded-work.mjs";

const { createServer } = http;
const others = 64;
const patient = { timeout: 20_000 };
let server: Server;
let held: ServerResponse[] = [];
let agents: Agent[] = [];

beforeEach(async () => {
  // Of this server: the one before may still go on to who has waited there.
  const own: ServerResponse[] = [];
  held = own;
  agents = [];
  boundWork();
  /** Holds everything but the probe. */
  const listener: RequestListener = (request, response) => {
    if (request.url === "/api/health") response.end("from the application");
    else own.push(response);
  };
  server = http.createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  vi.useRealTimers();
  http.createServer = createServer;
  for (const agent of agents) agent.destroy();
  server.closeAllConnections();
  server.close();
});

interface Asked {
  method?: string;
  path?: string;
  accept?: string;
  agent?: Agent;
}

async function ask({ method = "GET", path = "/api/backend/todos", accept = "*/*", agent = newAgent() }: Asked = {}) {
  const { port } = server.address() as AddressInfo;
  const sending = http.request({ host: "127.0.0.1", port, method, path, agent, headers: { accept } }).end();
  const [answer] = (await once(sending, "response")) as [http.IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

function newAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

/** Sends so many requests that are not answered yet, and waits until they have arrived. */
async function fill(count: number, asked: Asked = {}) {
  const before = held.length;
  const answers = Array.from({ length: count }, () => ask(asked).catch(() => undefined));
  await expect.poll(() => held.length, patient).toBe(before + count);
  return { first: answers[0] };
}

test("what is too much is refused at once, and there is room again after an answer", async () => {
  const { first } = await fill(others);
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers).toMatchObject({ "retry-after": "1", "content-type": "application/problem+json" });
  expect(JSON.parse(refused.body)).toMatchObject({ status: 503, request_id: refused.headers["x-request-id"] });
  held[0]?.end("done");
  expect(await first).toMatchObject({ status: 200, body: "done" });
  await fill(1);
});

test("there is room again after a caller left", async () => {
  const agent = newAgent();
  await fill(others - 1);
  await fill(1, { agent });
  expect((await ask()).status).toBe(503);
  agent.destroy();
  await expect.poll(() => held.filter(({ closed }) => closed).length, patient).toBe(1);
  await fill(1);
});

/** Asks for so many pages, of which four are worked on. Gives the connections by path. */
async function fillPages(count: number) {
  const asked = new Map(Array.from({ length: count }, (_, number) => [`/${number}`, newAgent()]));
  for (const [path, agent] of asked) void ask({ path, agent }).catch(() => undefined);
  await expect.poll(connections, patient).toBe(count);
  await expect.poll(() => held.length, patient).toBe(4);
  return asked;
}

async function connections(): Promise<number> {
  return await new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
}

test("four pages are made at once, then those whose readers still wait", async () => {
  const asked = await fillPages(6);
  for (const { req } of held) asked.delete(req.url ?? "");
  const [leaves] = asked.values();
  leaves?.destroy();
  await expect.poll(connections, patient).toBe(5);
  held[0]?.end("done");
  await expect.poll(() => held.length, patient).toBe(5);
  held[1]?.end("done");
  await expect.poll(() => held.filter(({ closed }) => closed).length, patient).toBe(2);
  expect(held).toHaveLength(5);
});

/** More than the operating system takes for somebody who reads nothing. */
const large = Buffer.alloc(32 * 1024 * 1024);

/** Asks for a page over a connection of its own and reads nothing of the answer. */
async function askWithoutReading(path: string) {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.pause().write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
  await expect.poll(() => held.some(({ req }) => req.url === path), patient).toBe(true);
  return socket;
}

test("a page that is made lets the next be made, although its reader reads nothing", async () => {
  const sockets = await Promise.all([1, 2, 3, 4].map((number) => askWithoutReading(`/slow${String(number)}`)));
  for (const response of held) response.end(large);
  await fill(1, { path: "/next" });
  expect(held.slice(0, 4).some(({ closed }) => closed)).toBe(false);
  for (const socket of sockets) socket.destroy();
});

test("a page whose reader is behind lets the next be made, and who stays behind is cut off", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const sockets = await Promise.all([1, 2, 3, 4].map((number) => askWithoutReading(`/slow${String(number)}`)));
  for (const response of held) response.write(large);
  const next = fill(1, { path: "/next" });
  await expect.poll(connections, patient).toBe(5);
  expect(held).toHaveLength(4);
  vi.advanceTimersByTime(2000);
  await next;
  expect(held.some(({ closed }) => closed)).toBe(false);
  vi.advanceTimersByTime(30_000);
  await expect.poll(() => held.filter(({ closed }) => closed).length, patient).toBe(4);
  expect(held.at(-1)?.closed).toBe(false);
  for (const socket of sockets) socket.destroy();
});

test("who waits long for an answer is not cut off", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { first } = await fill(1);
  vi.advanceTimersByTime(300_000);
  held[0]?.end("done");
  expect(await first).toMatchObject({ status: 200, body: "done" });
});

test("two requests are begun in one turn of the event loop, in which one new connection is taken", async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const turns: number[] = [];
  let turn = 0;
  const count = () => {
    turn += 1;
    while (turns.length < held.length) turns.push(turn);
    if (turns.length < 6) setImmediate(count);
  };
  setImmediate(count);
  // All six arrive at once.
  socket.write("GET /api/backend/todos HTTP/1.1\r\nhost: a\r\n\r\n".repeat(6));
  await expect.poll(() => turns.length, patient).toBe(6);
  socket.destroy();
  const perTurn = [...new Set(turns)].map((each) => turns.filter((other) => other === each).length);
  expect(perTurn).toEqual([2, 2, 2]);
});

test("a page that is refused says so and tries again", async () => {
  await fillPages(64);
  const { status, headers, body } = await ask({ path: "/", accept: "text/html,application/xhtml+xml" });
  expect(status).toBe(503);
  expect(headers["content-type"]).toContain("text/html");
  expect(body).toContain('http-equiv="refresh"');
});

test("a probe is answered ahead of all that waits, once the application has answered one itself", async () => {
  expect(await ask({ path: "/api/health" })).toMatchObject({ status: 200, body: "from the application" });
  await fill(others);
  const { status, body } = await ask({ path: "/api/health" });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({ status: "ok" });
});

test.each([
  ["POST", "/api/account"],
  ["POST", "/api/session"],
  ["POST", "/api/backend/chat/messages"],
  ["GET", "/_next/static/chunks/main.js"],
  ["GET", "/"],
])("%s %s has a share of its own", async (method, path) => {
  await fill(others);
  await fill(1, { method, path });
});

test("those who open the page leave room for those who have it open", async () => {
  await fillPages(64);
  expect((await ask({ path: "/today" })).status).toBe(503);
  await fill(1);
});

test("calendars that take long leave room for pages, and pages for calendars", async () => {
  await fill(32, { path: "/feeds/secret.ics" });
  expect((await ask({ path: "/feeds/secret.ics" })).status).toBe(503);
  await fill(4, { path: "/" });
  held[0]?.end();
  await fill(1, { path: "/feeds/secret.ics" });
});

test("a flood of sign-ups leaves room for sign-ins", async () => {
  await fill(16, { method: "POST", path: "/api/account" });
  expect((await ask({ method: "POST", path: "/api/account" })).status).toBe(503);
  await fill(1, { method: "POST", path: "/api/session" });
});

test("who comes back too early over the same connection waits, and is served if there is room then", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout"] });
  await fill(others);
  const agent = newAgent();
  expect((await ask({ agent })).status).toBe(503);
  let answered = false;
  const second = ask({ agent }).finally(() => {
    answered = true;
  });
  // It has arrived when the server has a timer for it.
  await expect.poll(() => vi.getTimerCount(), patient).toBe(1);
  expect(answered).toBe(false);
  held[0]?.end();
  await expect.poll(() => held[0]?.closed, patient).toBe(true);
  vi.advanceTimersByTime(1000);
  await expect.poll(() => held.length, patient).toBe(others + 1);
  held.at(-1)?.end("served");
  expect(await second).toMatchObject({ status: 200, body: "served" });
});
