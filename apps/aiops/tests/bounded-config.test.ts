import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CoreV1Api } from "@kubernetes/client-node";
import { BoundedConfig } from "../src/kubernetes/bounded-config.ts";

describe("O5: an API server that goes away in the middle of an answer", () => {
  let answer: (response: ServerResponse) => void;
  const server = createServer((_request, response) => answer(response));
  beforeEach(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const read = async (): Promise<unknown> => {
    const config = new BoundedConfig(300);
    const { port } = server.address() as AddressInfo;
    config.loadFromClusterAndUser(
      { name: "todo", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "nobody" },
    );
    return await config.makeApiClient(CoreV1Api).readNamespace({ name: "todo" });
  };

  it("is not waited for", async () => {
    answer = () => undefined;
    await expect(read()).rejects.toThrow(/timeout/);
  });

  it("is not waited for in the middle of a body", async () => {
    answer = (response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write('{"kind":');
    };
    await expect(read()).rejects.toThrow(/timeout/);
  });

  it("is asked as ever while it answers", async () => {
    answer = (response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end('{"kind":"Namespace","metadata":{"name":"todo"}}');
    };
    expect(await read()).toMatchObject({ metadata: { name: "todo" } });
  });
});
