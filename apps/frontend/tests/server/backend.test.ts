import { request } from "undici";
import { expect, test } from "vitest";
import { backendPool, changePool } from "@/server/backend";
import { startStub } from "../support/stub-backend";

test.each([
  ["reads share some", backendPool, false],
  ["each change has its own", changePool, true],
])("of the connections to the backend, %s", async (_what, dispatcher, each) => {
  const connections = new Set<unknown>();
  const stub = await startStub((incoming, response) => {
    connections.add(incoming.socket);
    response.end();
  });
  for (let count = 0; count < 5; count += 1) await (await request(stub.url, { dispatcher })).body.dump();
  await stub.close();
  expect(connections.size === 5).toBe(each);
});
