import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { buildProxies, noProxies } from "../../provider/resources/images/build-proxies.ts";
import { variablesOfPreview } from "../../pulumi/silent-cluster.ts";
import { FakeApi } from "../provider/fake-api.ts";
import { FakeStack } from "../helpers/pretended/fake-stack.ts";

/** What keeps Pulumi's Kubernetes plugin from waiting, and the stack's own provider from asking anybody. */
const impatient = {
  PULUMI_K8S_CLIENT_TIMEOUT: "1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  https_proxy: "",
  NO_PROXY: "localhost,127.0.0.1,::1",
  no_proxy: "",
  TODO_STACK_SILENT_CLUSTER: "true",
};

describe("a preview", () => {
  let stack: FakeStack;
  let api: FakeApi;
  let user: NodeJS.ProcessEnv;

  beforeEach(async () => {
    stack = await FakeStack.create();
    user = {};
    api = await FakeApi.start();
    await stack.cluster("running");
    await stack.kubernetes(api);
  });
  afterEach(async () => {
    await api.stop();
    await stack.remove();
  });

  const variables = (): Promise<NodeJS.ProcessEnv> => variablesOfPreview(stack.place, user, stack.commands);

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

  for (const name of ["https_proxy", "HTTPS_PROXY"]) {
    it(`gives builds the same proxies as that of a cluster that runs (${name})`, async () => {
      user = {
        [name]: "http://proxy.example:3128",
        http_proxy: "http://proxy.example:3128",
        NO_PROXY: "intern.example",
      };
      await stack.cluster("exited");
      assert.deepEqual(buildProxies({ ...user, ...(await variables()) }), buildProxies(user));
    });
  }

  it("gives builds no proxy where there is none", async () => {
    await stack.cluster("exited");
    assert.deepEqual(buildProxies(await variables()), noProxies);
  });

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
