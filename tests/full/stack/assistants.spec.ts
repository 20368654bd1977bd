import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { forwardPort } from "../../helpers/cluster/port-forward.ts";
import { stack } from "../../stack/support/stack.ts";

describe("the controller for operations, for assistants", function () {
  this.timeout("20m");

  const settings = [
    ["operations", "watch"],
    ["operationsAssistants", "ann,bob"],
  ] as const;
  let forwarded: Server | undefined;
  let url: string;
  let pod: string;

  before(async () => {
    for (const [key, value] of settings)
      await stack.copy.succeed("pulumi", ["config", "set", "--stack", stack.copy.stack, key, value]);
    await stack.copy.up();
    pod = (await stack.cluster.pod("operations")).metadata?.name ?? "";
    const config = new KubeConfig();
    config.loadFromFile(stack.cluster.kubeconfig);
    const { server, port } = await forwardPort(config, { namespace: stack.cluster.namespace, pod, port: 8081 });
    forwarded = server;
    url = `http://127.0.0.1:${port}/mcp`;
  });

  after(async () => {
    forwarded?.close();
    for (const [key] of settings)
      await stack.copy.succeed("pulumi", ["config", "rm", "--stack", stack.copy.stack, key]);
    await stack.copy.up();
  });

  const ask = async (token: string): Promise<Response> => {
    const accept = "application/json, text/event-stream";
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept };
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_health", arguments: {} } };
    const signal = AbortSignal.timeout(20_000);
    return await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  };

  const token = async (): Promise<string> =>
    (await readFile(join(stack.copy.folder, ".state", "assistants", "ann"), "utf8")).trim();

  it("O5: answers who has the token of a person, and writes down whose assistant has called", async () => {
    const { exitCode, all } = await stack.copy.npm("aiops", {}, "token", "ann");
    assert.equal(exitCode, 0, all);
    assert.ok(!all.includes(await token()), "the token is printed");
    const answer = await ask(await token());
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /Deployment\/todo-backend/);
    assert.equal((await ask("")).status, 401);
    assert.equal((await ask(`${await token()}x`)).status, 401);
    const { core, namespace } = stack.cluster;
    const log = await core.readNamespacedPodLog({ name: pod, namespace });
    assert.match(log, /"event":"call","tool":"get_health","client":"[^"]+ of ann"/);
    assert.ok(!log.includes(await token()), "the log has the token");
  });

  it("O5: stays within its memory while assistants call", async () => {
    const { core, namespace } = stack.cluster;
    for (let times = 0; times < 50; times += 1) assert.equal((await ask(await token())).status, 200);
    const { status } = await core.readNamespacedPod({ name: pod, namespace });
    const [container] = status?.containerStatuses ?? [];
    assert.deepEqual([container?.ready, container?.restartCount], [true, 0], JSON.stringify(container?.lastState));
  });
});
