import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveProbes } from "../../runtime/probes.mjs";
import { startStub } from "../support/stub-backend";

let application: Awaited<ReturnType<typeof startStub>>;
let status = 503;
let probes: Server;

beforeEach(async () => {
  application = await startStub((_request, response) => response.writeHead(status).end());
  probes = serveProbes(0, `${application.url}/api/health`);
  await once(probes, "listening");
});

afterEach(async () => {
  probes.close();
  await application.close();
});

async function probe(): Promise<number> {
  const { port } = probes.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}/api/health`, { headers: { connection: "close" } })).status;
}

test("a probe fails until the application has answered one itself, and asks it no more after that", async () => {
  status = 503;
  expect(await probe()).toBe(503);
  status = 200;
  expect(await probe()).toBe(200);
  await application.close();
  expect(await probe()).toBe(200);
  expect(application.seen.map(({ url }) => url)).toEqual(["/api/health", "/api/health"]);
});

test("a probe fails while nothing listens where the application will", async () => {
  await application.close();
  expect(await probe()).toBe(503);
});
