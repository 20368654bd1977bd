import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { variablesOfPreview } from "../../pulumi/silent-cluster.ts";
import { FakeApi } from "../provider/fake-api.ts";
import { FakeStack } from "../helpers/fake-stack.ts";

/** What tells Pulumi's Kubernetes plugin to wait the least that it can, and the stack's own provider to ask nobody. */
const impatient = { PULUMI_K8S_CLIENT_TIMEOUT: "1", TODO_STACK_SILENT_CLUSTER: "true" };

describe("a preview", () => {
  let stack: FakeStack;
  let api: FakeApi;

  beforeEach(async () => {
    stack = await FakeStack.create();
    api = await FakeApi.start();
    await stack.cluster("running");
    await stack.kubernetes(api);
  });
  afterEach(async () => {
    await api.stop();
    await stack.remove();
  });

  const variables = (): Promise<NodeJS.ProcessEnv> => variablesOfPreview(stack.place, stack.commands);

  it("lets a cluster that runs take its time", async () => {
    assert.deepEqual(await variables(), {});
  });

  for (const life of ["exited", "paused"]) {
    it(`does not wait for a cluster whose node is ${life}, and asks nobody in it`, async () => {
      await stack.cluster(life);
      assert.deepEqual(await variables(), impatient);
      assert.deepEqual(api.asked, []);
    });
  }

  it("does not wait for a cluster that is not made yet", async () => {
    await stack.loseContainer();
    assert.deepEqual(await variables(), impatient);
  });

  it("does not wait for a node whose API server has gone", async () => {
    await stack.kubernetes(api, (text) => text.replace(/server: .*/, "server: https://127.0.0.1:1"));
    assert.deepEqual(await variables(), impatient);
  });

  describe("of a node in which Kubernetes is paused", () => {
    let silent: Server;
    const sockets: Socket[] = [];

    beforeEach(async () => {
      silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
      await once(silent, "listening");
    });
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });

    it("does not wait for what takes connections and says nothing", async () => {
      const { port } = silent.address() as AddressInfo;
      await stack.kubernetes(api, (text) => text.replace(/server: .*/, `server: https://127.0.0.1:${String(port)}`));
      assert.deepEqual(await variables(), impatient);
      assert.ok(sockets.length > 0, "it must have been asked");
    });
  });

  it("looks at the cluster that the stack has, whatever profile is set now", async () => {
    await stack.state({ instance: "life-1", profile: "todo" });
    await stack.file("Pulumi.dev.yaml", "config: { todo-stack:profile: other }");
    assert.deepEqual(await variables(), {});
  });
});
