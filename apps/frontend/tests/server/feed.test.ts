import type { RequestListener } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { feed } from "@/server/backend/feed";
import { pageRequest } from "../support/request";
import { startStub } from "../support/stub-backend";

const file = `${"aB3-_".repeat(8)}abc.ics`;
let stub: Awaited<ReturnType<typeof startStub>>;
let answer: RequestListener;
const written = vi.fn(() => true);

beforeEach(async () => {
  vi.spyOn(process.stdout, "write").mockImplementation(written);
  answer = (_request, response) => response.writeHead(200, { "content-type": "text/calendar" }).end("BEGIN:VCALENDAR");
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

const asked = (name: string) => feed(pageRequest(`/feeds/${name}`, { headers: { cookie: "todo_session=x" } }), name);

test("gives the calendar at a secret address, without a session", async () => {
  const response = await asked(file);
  expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
    200,
    "text/calendar",
    "BEGIN:VCALENDAR",
  ]);
  expect(stub.seen).toMatchObject([{ method: "GET", url: `/api/v1/feeds/${file}` }]);
  expect(stub.seen[0]?.headers).not.toHaveProperty("cookie");
  expect(stub.seen[0]?.headers).not.toHaveProperty("authorization");
});

test.each(["short.ics", "..", `${"a".repeat(43)}.ical`, `${"a".repeat(42)}/.ics`, `${"a".repeat(44)}.ics`])(
  "asks the backend for no other address: %s",
  async (name) => {
    expect((await asked(name)).status).toBe(404);
    expect(stub.seen).toEqual([]);
  },
);

test.each([
  [404, 404],
  [500, 502],
  [302, 502],
])("a backend that answers %i is not passed on: %i", async (given, expected) => {
  answer = (_request, response) => response.writeHead(given, { location: "http://127.0.0.1/" }).end("secret");
  const response = await asked(file);
  expect(response.status).toBe(expected);
  expect(await response.text()).not.toContain("secret");
});

test("the address is in no log", async () => {
  await stub.close();
  expect((await asked(file)).status).toBe(502);
  expect(JSON.stringify(written.mock.calls)).toContain("could not be asked");
  expect(JSON.stringify(written.mock.calls)).not.toContain(file.slice(0, 20));
});
