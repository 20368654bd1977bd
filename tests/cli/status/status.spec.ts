import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { stripVTControlCharacters } from "node:util";
import { screen } from "../../../cli/status/screen.ts";
import { statusOf } from "../../../cli/status/status.ts";
import { FakeApi } from "../../provider/fake-api.ts";
import { FakeStack } from "../../helpers/pretended/fake-stack.ts";

const now = Date.parse("2026-01-02T12:00:00Z");

describe("npm run status", () => {
  let stack: FakeStack;

  beforeEach(async () => (stack = await FakeStack.create()));
  afterEach(() => stack.remove());

  const look = async () => await statusOf(stack.commands, stack.place);

  describe("where nothing can answer", () => {
    it("says that there is no cluster, and how to make one", async () => {
      const { cluster, answers, next } = await look();
      assert.deepEqual({ cluster, answers }, { cluster: "missing", answers: false });
      assert.match(next ?? "", /no cluster.*npm start$/);
    });

    it("says that the cluster is stopped, and how to start it", async () => {
      await stack.cluster("exited");
      const { cluster, answers, next, kubernetesVersion, instance } = await look();
      assert.deepEqual({ cluster, answers }, { cluster: "stopped", answers: false });
      assert.deepEqual({ kubernetesVersion, instance }, { kubernetesVersion: "v1.34.4", instance: "life-1" });
      assert.match(next ?? "", /stopped.*npm start$/);
    });

    it("shows the cluster that the stack has, whatever profile is set now", async () => {
      await stack.file("Pulumi.dev.yaml", "config: { 'todo-stack:profile': another }\n");
      await stack.state({ instance: "life-1", profile: "todo" });
      await stack.cluster("exited");
      const { profile, cluster } = await look();
      assert.deepEqual({ profile, cluster }, { profile: "todo", cluster: "stopped" });
    });

    it("says that data are being taken along, and where they are", async () => {
      assert.equal((await look()).takenAlong, undefined);
      const saved = { file: "/backups/dev.dump", contents: "accounts: 1, todos: 2", system: "1" };
      await stack.file(".state/keep-data-dev.json", JSON.stringify({ loss: "cluster/todo/1", saved }));
      const found = await look();
      assert.match(found.takenAlong ?? "", /has not finished.*may refuse changes; the data are in \S*dev\.dump/);
      assert.match(stripVTControlCharacters(screen(found, now)), /^Data +npm start -- --keep-data has not finished/m);
    });

    it("says that Docker does not answer", async () => {
      await stack.cluster("running");
      await stack.stopDocker();
      const { cluster, answers, next } = await look();
      assert.deepEqual({ cluster, answers }, { cluster: "unknown", answers: false });
      assert.match(next ?? "", /Start Docker, then type: npm start$/);
    });

    it("says that the kubeconfig is missing", async () => {
      await stack.cluster("running");
      assert.match((await look()).next ?? "", /\.state\/todo\.kubeconfig is missing.*npm start$/);
    });
  });

  describe("beside a running cluster", () => {
    let api: FakeApi;
    let app: Server;
    let statusCode: number;
    let requests: number;

    beforeEach(async () => {
      api = await FakeApi.start();
      // What the backend says to who has no session.
      statusCode = 401;
      requests = 0;
      app = createServer((_request, response) => {
        requests += 1;
        response.writeHead(statusCode).end();
      });
      app.listen(0, "127.0.0.1");
      await once(app, "listening");
      const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
      await stack.state({ instance: "life-1", url });
      await stack.cluster("running");
      await stack.kubernetes(api);
      api.objects.set("daemonsets/kube-router", { status: { numberReady: 1 } });
      api.revisions([
        { version: 9, status: "failed", description: "chart 0123", deployed: "2026-01-01T12:00:00.123456789Z" },
        { version: 10, status: "deployed", description: "chart 4567", deployed: "2026-01-02T11:57:30.123456789Z" },
      ]);
      api.lists.set("pods", [
        pod("todo-backend-a", "todo-backend:b1", { name: "backend", ready: true, restartCount: 0 }),
        pod("todo-frontend-a", "todo-frontend:f1", {
          name: "frontend",
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 7 } },
        }),
      ]);
    });

    afterEach(async () => {
      app.closeAllConnections();
      app.close();
      await api.stop();
    });

    const shown = async (): Promise<string[]> => stripVTControlCharacters(screen(await look(), now)).split("\n");

    it("shows cluster, release, pods with what is wrong, images and URL on one screen", async () => {
      const { url } = await look();
      assert.deepEqual(await shown(), [
        "Stack    dev",
        "Cluster  todo running, instance life-1, Kubernetes v1.34.4, NetworkPolicies enforced by kube-router",
        "Release  revision 10, deployed 2m ago: chart 4567",
        `URL      ${url}, answers`,
        "",
        "Pod              Ready  Restarts  Age",
        "todo-backend-a   1/1    0         2h",
        "todo-frontend-a  0/1    4         2h   frontend ends again and again with exit code 7, 4 restarts",
        "",
        "Image",
        "todo-backend:b1",
        "todo-frontend:f1",
      ]);
    });

    describe("with an operations controller", () => {
      const kept = (incidents: string) => {
        api.objects.set("configmaps/todo-operations-incidents", { data: { "incidents.json": incidents } });
      };

      it("shows what it has found last, the newest first, and what has become of it", async () => {
        const states = ["gone", "repaired", "repaired", "told", "acting", "open"];
        const incidents = states.map((state, index) => ({
          summary: `trouble ${index}\u001b[31m\nof a pod`,
          state,
          opened: `2026-01-02T1${index}:00:00Z`,
        }));
        kept(JSON.stringify({ incidents, attempts: [] }));
        assert.deepEqual((await shown()).slice(-6), [
          "Found by the operations controller  State           Age",
          "trouble 5 of a pod                  watched         0s",
          "trouble 4 of a pod                  being repaired  0s",
          "trouble 3 of a pod                  needs a person  0s",
          "trouble 2 of a pod                  repaired        0s",
          "trouble 1 of a pod                  repaired        1h",
        ]);
      });

      it("says how to agree to what it asks", async () => {
        const question = { code: "K7QF-2M9X", what: "scale Deployment/todo-backend" };
        const incidents = [{ summary: "trouble", state: "told", opened: "2026-01-02T14:00:00Z", question }];
        kept(JSON.stringify({ incidents, attempts: [] }));
        assert.match((await shown()).at(-1) ?? "", /^trouble +asks you: npm run aiops -- approve K7QF-2M9X +0s$/);
      });

      it("says that it has found nothing, also when nothing can be read of what is kept", async () => {
        const older = { summary: "trouble", state: "mended", opened: "2026-01-02T11:00:00Z" };
        for (const text of ['{ "incidents": [] }', "{}", "broken", JSON.stringify({ incidents: [older] })]) {
          kept(text);
          assert.equal((await shown()).at(-1), "The operations controller has found nothing.");
        }
      });

      it("cuts what is too long for a line", async () => {
        kept(
          JSON.stringify({ incidents: [{ summary: "x".repeat(1000), state: "open", opened: "2026-01-02T11:00:00Z" }] }),
        );
        assert.match((await shown()).at(-1) ?? "", /^x{119}… +watched +1h$/);
      });
    });

    it("looks into the namespace that the stack has, whatever namespace is set now", async () => {
      await stack.file("Pulumi.dev.yaml", "config: { 'todo-stack:namespace': staging }\n");
      await stack.state({ instance: "life-1", url: (await look()).url, namespace: "production" });
      api.asked.length = 0;
      await look();
      const asked = api.asked.filter((question) => !question.includes("kube-system"));
      assert.ok(asked.length > 0);
      assert.deepEqual(
        asked.filter((question) => !question.includes("/namespaces/production/")),
        [],
      );
    });

    it("is content only when the application answers", async () => {
      assert.equal((await look()).answers, true);
      statusCode = 502;
      const { answers, next } = await look();
      assert.equal(answers, false);
      assert.match(next ?? "", /does not answer.*npx pulumi up.*kubectl --kubeconfig \.state\/todo\.kubeconfig/);
    });

    it("changes nothing in the cluster", async () => {
      await look();
      assert.ok(api.asked.length > 0, "the cluster must have been asked");
      assert.deepEqual(
        api.asked.filter((question) => !question.startsWith("GET ")),
        [],
      );
    });

    it("says that NetworkPolicies are not enforced", async () => {
      api.objects.delete("daemonsets/kube-router");
      assert.match((await shown())[1] ?? "", /NetworkPolicies not enforced$/);
    });

    it("says that a pod cannot be made", async () => {
      const message = "forbidden by a policy";
      const conditions = [{ type: "ReplicaFailure", status: "True", message }];
      api.lists.set("deployments", [
        { metadata: { name: "todo-backend" }, spec: { replicas: 1 }, status: { conditions } },
      ]);
      const pods = (await look()).application?.pods;
      assert.deepEqual(pods?.find(({ name }) => name === "todo-backend")?.trouble, `gets no pod: ${message}`);
    });

    for (const [title, changes, expected] of [
      ["an evicted pod", { phase: "Failed", message: "The node was low on memory." }, "The node was low on memory."],
      [
        "a pod that is not ready yet",
        { containerStatuses: [{ name: "a", ready: false, started: true }] },
        "a is not ready",
      ],
    ] as const) {
      it(`says what is wrong with ${title}`, async () => {
        api.lists.set("pods", [{ metadata: { name: "pod" }, spec: { containers: [{}] }, status: changes }]);
        assert.deepEqual((await look()).application?.pods[0]?.trouble, expected);
      });
    }

    it("says that nothing is released", async () => {
      api.revisions([]);
      statusCode = 502;
      assert.match((await look()).next ?? "", /Nothing is released.*npm start$/);
    });

    it("says why Kubernetes cannot be asked", async () => {
      await stack.kubernetes(api, (text) => text.replace(/:\d+$/m, ":1"));
      const { application, next } = await look();
      assert.equal(application, undefined);
      assert.match(next ?? "", /cannot be asked: .*ECONNREFUSED.*docker stop todo; npm start$/);
    });

    it("asks nothing of a cluster that is not this stack's", async () => {
      await stack.mark("/another/checkout (stack dev)");
      await stack.state({ instance: "life-0", url: (await look()).url });
      api.asked.length = 0;
      requests = 0;
      const { cluster, answers, next, instance } = await look();
      assert.deepEqual({ cluster, answers, instance }, { cluster: "foreign", answers: false, instance: undefined });
      assert.match(next ?? "", /todo belongs to \/another\/checkout \(stack dev\)/);
      assert.deepEqual({ asked: api.asked, requests }, { asked: [], requests: 0 });
    });

    it("knows its cluster again in a checkout that was moved", async () => {
      await stack.mark("/former/folder (stack dev)");
      assert.equal((await look()).cluster, "running");
    });

    it("takes no answer for the application's while the cluster is stopped", async () => {
      await stack.cluster("exited");
      assert.equal((await look()).answers, false);
      assert.equal(requests, 0);
    });
  });
});

function pod(name: string, image: string, container: object): object {
  return {
    metadata: { name, creationTimestamp: "2026-01-02T10:00:00Z" },
    spec: { containers: [{ image }] },
    status: { phase: "Running", containerStatuses: [container] },
  };
}
