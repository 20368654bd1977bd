import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { believeConnections, clientAddress } from "../../runtime/client-address.mjs";

test.each([
  ["what the caller claims is not believed", "6.6.6.6", "10.0.0.9", 0, "10.0.0.9"],
  ["a mapped address is written plainly", undefined, "::ffff:10.0.0.9", 0, "10.0.0.9"],
  ["behind one proxy, the last entry is its own", "6.6.6.6, 10.0.0.9", "10.0.0.1", 1, "10.0.0.9"],
  ["behind two proxies, the last but one", "6.6.6.6, 10.0.0.9, 10.0.0.2", "10.0.0.1", 2, "10.0.0.9"],
  ["fewer proxies than said", "10.0.0.9", "10.0.0.1", 2, "10.0.0.9"],
  ["a proxy that says nothing", undefined, "10.0.0.1", 1, "10.0.0.1"],
])("%s", (_name, claimed, connection, hops, expected) => {
  expect(clientAddress(claimed, connection, hops)).toBe(expected);
});

test("the server sees the connection's address and protocol, whatever the caller wrote", async () => {
  believeConnections(0);
  const seen = Promise.withResolvers<IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    seen.resolve(request.headers);
    response.end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(url, {
    headers: { "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" },
  });
  const headers = await seen.promise;
  server.close();
  expect(headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  expect(headers).not.toHaveProperty("x-forwarded-host");
});
