import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { serveMetrics } from "@/server/metrics";

const application = createServer((asked, response) => {
  if (asked.url !== "/never") response.writeHead(asked.url === "/broken" ? 502 : 200).end();
});
let metrics: ReturnType<typeof serveMetrics>;

beforeAll(async () => {
  metrics = serveMetrics(0);
  application.listen(0, "127.0.0.1");
  await Promise.all([once(metrics, "listening"), once(application, "listening")]);
});

afterAll(() => {
  metrics.close();
  application.close();
});

const urlOf = (server: typeof application): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The value of a series, by its whole name; 0 where there is none. */
async function valueOf(series: string): Promise<number> {
  const lines = (await (await fetch(`${urlOf(metrics)}/metrics`)).text()).split("\n");
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
}

test("O3: requests are counted by status and timed", async () => {
  await fetch(urlOf(application));
  await fetch(`${urlOf(application)}/broken`);
  await fetch(`${urlOf(application)}/broken`);
  await vi.waitFor(async () => {
    expect(await valueOf('http_requests_total{method="GET",status="502"}')).toBe(2);
  });
  expect(await valueOf('http_requests_total{method="GET",status="200"}')).toBe(1);
  expect(await valueOf('http_request_duration_seconds_count{method="GET"}')).toBe(3);
  expect(await valueOf("http_requests_in_progress")).toBe(0);
});

test("O3: a request is in progress until it is answered, or the caller leaves", async () => {
  const asked = request(`${urlOf(application)}/never`).end();
  asked.on("error", () => undefined);
  await vi.waitFor(async () => {
    expect(await valueOf("http_requests_in_progress")).toBe(1);
  });
  asked.destroy();
  await vi.waitFor(async () => {
    expect(await valueOf("http_requests_in_progress")).toBe(0);
  });
  expect(await valueOf('http_requests_total{method="GET",status="499"}')).toBe(1);
});

test("O3: made-up methods are one series", async () => {
  for (const method of ["PROPFIND", "MKCOL"]) await fetch(urlOf(application), { method });
  await vi.waitFor(async () => {
    expect(await valueOf('http_requests_total{method="OTHER",status="200"}')).toBe(2);
  });
});

test("O3: the process says what it takes", async () => {
  for (const name of ["process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total"]) {
    expect(await valueOf(name), name).toBeGreaterThan(0);
  }
});

test("O3: there is nothing but the metrics", async () => {
  expect((await fetch(`${urlOf(metrics)}/`)).status).toBe(404);
  expect((await fetch(`${urlOf(metrics)}/metrics`, { method: "POST" })).status).toBe(404);
});

test("O3: a port that is taken is said, and ends nothing", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const second = serveMetrics((metrics.address() as AddressInfo).port);
  await once(second, "error");
  expect(String(write.mock.calls[0]?.[0])).toContain("The metrics cannot be served.");
  write.mockRestore();
});
