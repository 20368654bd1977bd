import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { expect, test } from "vitest";
import { windConnectionsDown } from "../../runtime/wind-down.mjs";

test("a server that closes answers once more over a kept connection, and says that it was the last time", async () => {
  windConnectionsDown();
  const server = createServer((_request, response) => response.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (): Promise<string | undefined> => {
    const sending = request({ port, agent }).end();
    const [answer] = (await once(sending, "response")) as [import("node:http").IncomingMessage];
    answer.resume();
    await once(answer, "end");
    return answer.headers.connection;
  };
  expect(await ask()).toBe("keep-alive");
  process.emit("SIGTERM");
  const closed = once(server, "close");
  server.close();
  expect(await ask()).toBe("close");
  await closed;
  agent.destroy();
});
