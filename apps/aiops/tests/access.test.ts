import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "./support/client.ts";
import type { FakeApi } from "./support/fake-api.ts";
import { run } from "./support/running.ts";
import type { Running } from "./support/running.ts";

const token = "POST /api/v1/namespaces/todo/serviceaccounts/todo-aiops/token";

describe("a server that runs for long", () => {
  let running: Running;
  let api: FakeApi;
  let client: Client;

  beforeEach(async () => {
    running = await run();
    api = running.api;
    client = await running.client();
  });

  afterEach(async () => {
    vi.useRealTimers();
    await running.stop();
  });

  const isWell = async (): Promise<void> => {
    const health = await call(client, "get_health");
    expect(health, health.text).toMatchObject({ healthy: true, rights: "those of service account todo-aiops" });
  };
  const tokens = (): number => api.asked.filter((line) => line === token).length;

  it("asks for one other token when its own is refused", async () => {
    api.token = "token-2";
    await isWell();
    await isWell();
    expect(tokens(), "one at the start, and one for all that was refused").toBe(2);
  });

  it("asks for another token before its own expires", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 0.9 * api.lifetime });
    api.asked.length = 0;
    await isWell();
    expect(tokens()).toBe(1);
    expect(api.asked.indexOf(token), "before anything else is asked").toBeLessThan(2);
  });

  it("finds the cluster at its other address after it was stopped and started", async () => {
    api.pause();
    expect((await call(client, "get_health")).text).toMatch(/does not answer.*npm run status/);
    await api.listen();
    api.token = "token-2";
    await isWell();
  });

  it("writes once after its token was refused", async () => {
    const { cluster } = running.operations.means;
    api.token = "token-2";
    const deployment = { kind: "Deployment", name: "todo-backend" };
    await cluster.edit(deployment, [{ op: "add", path: "/spec/replicas", value: 2 }], false);
    expect(api.changes).toHaveLength(1);
  });

  it("asks nobody where the kubeconfig leads to another cluster meanwhile", async () => {
    await api.listen("another authority");
    api.asked.length = 0;
    expect((await call(client, "get_health")).text).toMatch(/leads to another cluster/);
    expect(api.asked).toEqual([]);
  });

  it("reads nothing from a cluster that was made anew at another address", async () => {
    await api.listen();
    api.uid = "uid-of-another-namespace";
    expect((await call(client, "get_health")).text).toMatch(/is another one than when this server was started/);
    expect(api.asked.filter((line) => line.endsWith("/pods"))).toEqual([]);
  });

  it("never goes on with more rights than it had", async () => {
    api.account = undefined;
    api.token = "token-2";
    expect((await call(client, "get_health")).text).toMatch(/Service account todo-aiops is gone.*npx pulumi up/);
  });
});

it("works as the account of the chart, whatever the release is called", async () => {
  const running = await run({}, (api) => (api.account = "shop-todo-aiops"));
  expect(running.operations.means.cluster.rights).toBe("those of service account shop-todo-aiops");
  await running.stop();
});
