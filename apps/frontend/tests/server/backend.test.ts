import { createServer } from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";
import { request } from "undici";
import { expect, test, vi } from "vitest";
import { backendPool, changePool, isTimeout } from "@/server/backend/backend";
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

test("reads get other connections after two seconds, so that a new pod gets its share", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const connections = new Set<unknown>();
  const stub = await startStub((incoming, response) => {
    connections.add(incoming.socket);
    response.end();
  });
  const read = async () => {
    await (await request(stub.url, { dispatcher: backendPool })).body.dump();
    // Until the connection is free again.
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  for (let count = 0; count < 6; count += 1) {
    await read();
    await read();
    vi.setSystemTime(Date.now() + 2_100);
  }
  vi.useRealTimers();
  await stub.close();
  expect(connections.size).toBe(6);
});

test("a change that the backend refuses to connect for is sent once, as soon as it does not", async () => {
  const closed = await startStub((_incoming, response) => response.end());
  await closed.close();
  const sent = request(closed.url, { dispatcher: changePool, method: "POST", body: "milk" });
  const bodies: string[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  await new Promise<void>((resolve) => server.listen(Number(new URL(closed.url).port), "127.0.0.1", resolve));
  await (await sent).body.dump();
  server.close();
  expect(bodies).toEqual(["milk"]);
});

test("a connection that nobody answers is given up in time for ten others, as while a node is lost", async () => {
  const stub = await startStub((_incoming, response) => response.end());
  const connect = net.connect.bind(net);
  let tries = 0;
  const spy = vi.spyOn(net, "connect").mockImplementation(((options: net.NetConnectOpts) => {
    tries += 1;
    return tries <= 10 ? new net.Socket(options) : connect(options);
  }) as typeof net.connect);
  const sent = await request(stub.url, { dispatcher: changePool, method: "POST" });
  await sent.body.dump();
  spy.mockRestore();
  await stub.close();
  expect(tries).toBe(11);
});

test("a backend to which no connection is made is given up, as too slow", async () => {
  const spy = vi
    .spyOn(net, "connect")
    .mockImplementation(((options: net.SocketConstructorOpts) => new net.Socket(options)) as typeof net.connect);
  const error: unknown = await request("http://127.0.0.1:9", { dispatcher: changePool }).catch(
    (reason: unknown) => reason,
  );
  spy.mockRestore();
  expect(isTimeout(error)).toBe(true);
});

test("a backend that is not there is given up after some seconds", async () => {
  const closed = await startStub((_incoming, response) => response.end());
  await closed.close();
  await expect(request(closed.url, { dispatcher: backendPool })).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
