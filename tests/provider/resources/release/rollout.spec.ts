import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Commands } from "../../../../provider/processes/commands.ts";
import { UserError } from "../../../../provider/processes/errors.ts";
import { RolloutResource } from "../../../../provider/resources/release/rollout.ts";
import type { RolloutInputs } from "../../../../provider/resources/release/rollout.ts";
import { FakeCommands } from "../../../offline/stand-ins/fake-commands.ts";
import { FakeApi } from "../../fake-api.ts";

const startedAt = "2026-01-02T10:00:00Z";

describe("minikube:index:Rollout", () => {
  let api: FakeApi;
  let app: Server;
  let helm: FakeCommands;
  let cancellation: AbortController;
  let progress: string[];

  beforeEach(async () => {
    api = await FakeApi.start();
    helm = await FakeCommands.create({ helm: "" });
    app = createServer((_request, response) => response.writeHead(401).end());
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    cancellation = new AbortController();
    progress = [];
    api.lists.set("deployments", [deployment("todo-backend", true)]);
    api.lists.set("replicasets", [replicaSet("todo-backend", 1), replicaSet("todo-backend", 2)]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", running())]);
  });

  afterEach(async () => {
    helm.restore();
    app.closeAllConnections();
    app.close();
    await api.stop();
  });

  const rollout = (): RolloutResource =>
    new RolloutResource(new Commands(process.env, cancellation.signal), {
      inform: () => undefined,
      warn: () => undefined,
      progress: (_urn, line) => progress.push(line),
    });
  const inputs = (changes: Partial<RolloutInputs> = {}): RolloutInputs => ({
    release: "todo",
    namespace: "space",
    kubeconfig: api.kubeconfig,
    home: api.home,
    context: "todo",
    instance: "life-1",
    revision: 2,
    nodeStarted: "",
    url: `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
    answer: { path: "/healthz", status: 401 },
    ...changes,
  });
  const failureOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UserError, `the rollout must fail with words for the user, not ${String(error)}`);
    return error.message;
  };

  it("is done when every pod is ready and the URL answers", async () => {
    assert.deepEqual(await rollout().create("", inputs()), { id: "todo", state: inputs() });
  });

  it("waits until the workload is ready, and says how far it is", async () => {
    let looks = 0;
    api.lists.set("deployments", () => [deployment("todo-backend", (looks += 1) > 2)]);
    await rollout().create("", inputs());
    assert.equal(progress[0], "todo-backend 1/1 (0 s)");
    assert.equal(looks, 3);
  });

  it("waits until the frontend at the URL reaches the backend", async () => {
    let status = 502;
    app.removeAllListeners("request");
    app.on("request", ({ url }, response) => response.writeHead(url === "/healthz" ? status : 200).end());
    const waiting = rollout().create("", inputs());
    while (progress.length === 0) await sleep(20);
    status = 401;
    await waiting;
  });

  it("takes no word for true that was said before the node was started", async () => {
    let looks = 0;
    const before = pod("todo-backend-2-x", "todo-backend-2", running());
    const after = pod("todo-backend-2-x", "todo-backend-2", running(new Date().toISOString()));
    api.lists.set("pods", () => [(looks += 1) > 2 ? after : before]);
    await rollout().create("", inputs({ nodeStarted: new Date(Date.now() - 60_000).toISOString() }));
    assert.equal(looks, 3);
  });

  for (const [when, minutes] of [
    ["to come, since the clock went back", 90],
    ["long past, though pods seem to be older: the clock went back in between", -90],
  ] as const) {
    it(`waits for nothing because of a start of the node that is ${when}`, async () => {
      const nodeStarted = new Date(Date.now() + minutes * 60_000).toISOString();
      await rollout().create("", inputs({ nodeStarted }));
      assert.deepEqual(await rollout().diff("", inputs({ nodeStarted }), inputs({ nodeStarted })), { changes: false });
      assert.deepEqual(progress, []);
    });
  }

  it("does not count the time for which the machine slept", async () => {
    const realNow = Date.now;
    let looks = 0;
    try {
      api.lists.set("pods", () => {
        looks += 1;
        if (looks === 2) Date.now = () => realNow() + 360_000;
        return [pod("todo-backend-2-x", "todo-backend-2", looks > 3 ? running() : failing)];
      });
      api.lists.set("deployments", () => [deployment("todo-backend", looks > 3)]);
      await rollout().update("", inputs({ revision: 1 }), inputs());
    } finally {
      Date.now = realNow;
    }
    assert.deepEqual(await helm.calls("helm"), [], "what works is not to be rolled back");
  });

  it("has nothing to do while all is well, and something as soon as it is not", async () => {
    assert.deepEqual(await rollout().diff("", inputs(), inputs()), { changes: false });
    assert.deepEqual(await rollout().diff("", inputs(), inputs({ revision: 3 })), { changes: true });
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    assert.deepEqual(await rollout().diff("", inputs(), inputs()), { changes: true });
    const unreachable = inputs({ kubeconfig: "/nowhere" });
    assert.deepEqual(await rollout().diff("", unreachable, unreachable), { changes: true });
  });

  it("has nothing to do because of one answer that is wrong, and something because of two", async () => {
    let answered = 0;
    app.removeAllListeners("request");
    app.on("request", (_request, response: ServerResponse) =>
      response.writeHead((answered += 1) === 1 ? 502 : 401).end(),
    );
    assert.deepEqual(await rollout().diff("", inputs(), inputs()), { changes: false });
    app.removeAllListeners("request");
    app.on("request", (_request, response: ServerResponse) => response.writeHead(502).end());
    assert.deepEqual(await rollout().diff("", inputs(), inputs()), { changes: true });
  });

  it("names pod, container, reason and last lines of a crash, and asks nobody to wait", async () => {
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", crashing({ exitCode: 3 }))]);
    api.objects.set("pods/todo-backend-2-x", { metadata: { uid: "uid-2" } });
    api.lists.set("events", [
      { reason: "Unhealthy", message: "Startup probe failed", lastTimestamp: startedAt },
      { reason: "BackOff", message: "Back-off restarting", lastTimestamp: "2026-01-02T11:00:00Z" },
    ]);
    api.logs.set("todo-backend-2-x/backend before", "first\n\u001b[31mno such table\u0007\u001b[0m\n");
    const message = await failureOf(rollout().create("", inputs()));
    assert.equal(
      message,
      [
        "Release todo does not become healthy: pod todo-backend-2-x, container backend ends again and again with exit code 3, 4 restarts.",
        "    event: Startup probe failed",
        "    log: first",
        "    log: no such table ",
        `  Fix it, then type: npx pulumi up. To look: kubectl --kubeconfig ${api.kubeconfig} --namespace space get pods,events`,
      ].join("\n"),
    );
    const asked = api.asked.filter((path) => path.includes("involvedObject"));
    assert.match(
      asked.join(),
      /involvedObject\.uid%3Duid-2/,
      "a pod of the same name before it may have had other events",
    );
    assert.deepEqual(await helm.calls("helm"), [], "there is no revision to go back to");
  });

  it("gives a pod from before this `up` time to come back", async () => {
    let looks = 0;
    const creationTimestamp = new Date(performance.timeOrigin - 5_000).toISOString();
    const crashed = pod("todo-backend-2-x", "todo-backend-2", crashing({ exitCode: 3 }), "", { creationTimestamp });
    api.lists.set("pods", [crashed]);
    api.lists.set("deployments", () => [deployment("todo-backend", (looks += 1) > 2)]);
    await rollout().create("", inputs());
    assert.equal(looks, 3);
  });

  it("says in a cluster of others which pod waits for a node, and waits for it", async () => {
    api.isCluster("cluster-1");
    let looks = 0;
    const pending = {
      metadata: { name: "todo-backend-2-x", ownerReferences: [{ uid: "todo-backend-2" }] },
      status: { conditions: [{ type: "PodScheduled", status: "False", message: "1 Insufficient cpu." }] },
    };
    api.lists.set("deployments", () => [deployment("todo-backend", (looks += 1) > 2)]);
    api.lists.set("pods", [pending]);
    await rollout().create("", inputs({ clusterId: "cluster-1" }));
    assert.equal(progress[0], "todo-backend 0/1 (0 s): todo-backend-2-x finds no node: 1 Insufficient cpu.");
  });

  it("looks at the pods of the newest revision alone", async () => {
    let looks = 0;
    const old = pod("todo-backend-1-x", "todo-backend-1", crashing({ exitCode: 1 }));
    api.lists.set("pods", [old, pod("todo-backend-2-x", "todo-backend-2", running())]);
    api.lists.set("deployments", () => [deployment("todo-backend", (looks += 1) > 2)]);
    await rollout().create("", inputs());
  });

  it("goes back to the revision that was healthy before", async () => {
    let broken = true;
    await helm.replace("helm", 'touch "$folder/rolled-back"');
    api.lists.set("deployments", () => [deployment("todo-backend", !broken)]);
    api.lists.set("pods", () => [
      pod("todo-backend-2-x", "todo-backend-2", broken ? crashing({ exitCode: 1 }) : running()),
    ]);
    api.lists.set("events", () => {
      broken = false;
      return [];
    });
    const message = await failureOf(rollout().update("", inputs({ revision: 1 }), inputs()));
    assert.match(message, /container backend ends again .*\n {2}The previous revision 1 runs again\.\n/);
    const [call] = await helm.calls("helm");
    assert.deepEqual(call?.args.slice(0, 5), ["rollback", "todo", "1", "--namespace", "space"]);
    assert.ok(call.args.includes(api.kubeconfig), "helm must be told which cluster is meant");
  });

  it("goes back to the newest copy of that revision, since Helm forgets old ones", async () => {
    await helm.replace("helm", "exit 1");
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", crashing({ exitCode: 1 }))]);
    api.revisions([
      { version: 8, status: "failed", description: "chart abc" },
      { version: 9, status: "superseded", description: "Rollback to 7" },
      { version: 10, status: "deployed", description: "chart def" },
    ]);
    const message = await failureOf(rollout().update("", inputs({ revision: 1 }), inputs({ revision: 10 })));
    assert.match(message, /Going back to revision 9 failed too/);
  });

  it("replaces a pod of an older revision for which a StatefulSet would wait for ever, and no other", async () => {
    api.lists.set("statefulsets", [statefulSet("todo-postgres", "new")]);
    api.lists.set("pods", () => [
      pod("todo-backend-2-x", "todo-backend-2", running()),
      pod("other-0", "other", crashing({ exitCode: 1 }), "old"),
      api.deleted.includes("pods/todo-postgres-0")
        ? pod("todo-postgres-0", "todo-postgres", running(), "new")
        : pod("todo-postgres-0", "todo-postgres", crashing({ exitCode: 1 }), "old"),
    ]);
    await rollout().create("", inputs());
    assert.deepEqual(api.deleted, ["pods/todo-postgres-0"]);
  });

  it("leaves a pod of an older revision that is ready to Kubernetes", async () => {
    let looks = 0;
    const old = pod("todo-postgres-0", "todo-postgres", running(), "old");
    api.lists.set("statefulsets", () => [statefulSet("todo-postgres", (looks += 1) > 2 ? "old" : "new")]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", running()), old]);
    await rollout().create("", inputs());
    assert.equal(looks, 3, "it is not settled before");
    assert.deepEqual(api.deleted, []);
  });

  it("goes back to nothing when the revision that fails is not new", async () => {
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", crashing({ exitCode: 1 }))]);
    await failureOf(rollout().update("", inputs(), inputs()));
    assert.deepEqual(await helm.calls("helm"), []);
  });

  it("says that it could not go back", async () => {
    await helm.replace("helm", 'echo "Error: release has no 1 version" >&2; exit 1');
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    api.lists.set("pods", [pod("todo-backend-2-x", "todo-backend-2", crashing({ exitCode: 1 }))]);
    const message = await failureOf(rollout().update("", inputs({ revision: 1 }), inputs()));
    assert.match(message, /Going back to revision 1 failed too: Error: release has no 1 version\./);
  });

  it("ends when it is cancelled", async () => {
    api.lists.set("deployments", [deployment("todo-backend", false)]);
    const waiting = rollout().create("", inputs());
    cancellation.abort();
    await assert.rejects(waiting, /interrupted/);
  });
});

function deployment(name: string, ready: boolean): object {
  return {
    metadata: { name, uid: name, generation: 1, annotations: { "deployment.kubernetes.io/revision": "2" } },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: ready ? 1 : 0 },
  };
}

function replicaSet(of: string, revision: number): object {
  return {
    metadata: {
      uid: `${of}-${revision}`,
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: [{ uid: of }],
    },
  };
}

function pod(name: string, set: string, container: { ready: boolean }, revision = "", more: object = {}): object {
  return {
    metadata: { name, labels: { "controller-revision-hash": revision }, ownerReferences: [{ uid: set }], ...more },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: container.ready ? "True" : "False" }],
      containerStatuses: [{ name: "backend", restartCount: 4, ...container }],
    },
  };
}

function statefulSet(name: string, updateRevision: string): object {
  return {
    metadata: { name, uid: name, generation: 1 },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, readyReplicas: 1, updateRevision },
  };
}

function running(since = startedAt): { ready: boolean } {
  const container = { ready: true, started: true, state: { running: { startedAt: since } } };
  return container;
}

/** One that may yet repair itself, for some seconds. */
const failing = { ready: false, state: { waiting: { reason: "CreateContainerError" } } };

function crashing(terminated: object): { ready: boolean } {
  const container = { ready: false, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated } };
  return container;
}
