import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Client } from "@modelcontextprotocol/client";
import { Audit } from "../../src/audit.ts";
import { serveHttp } from "../../src/protocol-http.ts";
import { Cluster } from "../../src/kubernetes/cluster-reads.ts";
import { Operations } from "../../src/operations.ts";
import type { Limits } from "../../src/remedies/remediation.ts";
import { createServer } from "../../src/server.ts";
import { connect } from "./client.ts";
import type { Person } from "./client.ts";
import { FakeApi } from "./fake-api.ts";
import { released } from "./stack.ts";

/** Patient, since the machine may be busy; the fake cluster needs no time. */
const limits: Limits = { attempts: 3, window: 3_600_000, coolDown: 0, patience: 60_000, steady: 40, pause: 10 };

export const token = "a-token-of-the-tests";

/** The server over HTTP, in this process, in front of a fake API. */
export interface Running {
  api: FakeApi;
  operations: Operations;
  audit: Audit;
  url: URL;
  client(person?: Person): Promise<Client>;
  stop(): Promise<void>;
}

/** @param prepare changes the API before the server is started. */
export const run = async (
  more: Partial<Limits> = {},
  prepare: (api: FakeApi) => void = () => undefined,
): Promise<Running> => {
  const api = await FakeApi.start();
  prepare(api);
  const cluster = await Cluster.connect({ kubeconfig: api.kubeconfig, context: "todo", namespace: "todo" });
  const audit = new Audit(join(api.folder, "audit.jsonl"));
  const means = { cluster, audit, readReleased: released, limits: { ...limits, ...more } };
  const questions = join(api.folder, "aiops-questions");
  const operations = new Operations(means, questions, join(import.meta.dirname, "../../../../charts/todo"));
  const tokens = new Map([["ann", token]]);
  const server = await serveHttp(() => createServer(operations), { port: 0, tokens });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  const clients: Client[] = [];
  return {
    api,
    operations,
    audit,
    url,
    client: async (person) => {
      const headers = { Authorization: `Bearer ${token}` };
      const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
      const client = await connect(transport, person === undefined ? {} : { person });
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) await client.close();
      server.close();
      server.closeAllConnections();
      api.stop();
    },
  };
};
