import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, NetworkingV1Api, type V1NetworkPolicyEgressRule, type V1Pod } from "@kubernetes/client-node";
import { pick, render } from "../chart/support/render.ts";
import { ClusterView } from "../helpers/cluster/cluster-view.ts";
import { stack } from "./support/stack.ts";

/** The chart's NetworkPolicies, as they are enforced: connections are tried from inside the pods. */
describe("the network of the stack", function () {
  this.timeout("5m");

  let networking: NetworkingV1Api;
  /** A pod in a namespace of its own: anybody in the cluster, and for the stack's pods the Internet. */
  let stranger: ClusterView;
  /** A pod in the stack's own namespace that does not belong to its release. */
  const neighbour = (): ClusterView => stack.cluster;
  let targets: Record<string, [address: string, port: number]>;

  before(async () => {
    const config = new KubeConfig();
    config.loadFromFile(stack.cluster.kubeconfig);
    networking = config.makeApiClient(NetworkingV1Api);
    const { metadata } = await stack.cluster.core.createNamespace({
      body: { metadata: { generateName: "strangers-" } },
    });
    stranger = new ClusterView(stack.cluster.kubeconfig, metadata?.name);
    const image = (await stack.cluster.pod("backend")).spec?.containers[0]?.image ?? "";
    for (const { core, namespace } of [stranger, neighbour()]) {
      await core.createNamespacedPod({ namespace, body: listener(image) });
    }
    const address = async (cluster: ClusterView, component: string): Promise<string> =>
      (await cluster.pod(component)).status?.podIP ?? "";
    await until(async () => (await stranger.pods("stranger")).length + (await neighbour().pods("stranger")).length, 2);
    targets = {
      frontend: [await address(stack.cluster, "frontend"), 3000],
      backend: [await address(stack.cluster, "backend"), 8000],
      postgres: [await address(stack.cluster, "postgres"), 5432],
      stranger: [await address(stranger, "stranger"), 8080],
      kubernetes: ["10.96.0.1", 443],
    };
  });

  after(async () => {
    await stranger.core.deleteNamespace({ name: stranger.namespace });
    await neighbour().core.deleteNamespacedPod({
      name: "stranger",
      namespace: neighbour().namespace,
      gracePeriodSeconds: 0,
    });
  });

  const tried: Record<string, { to: string[]; reaches: (address: string, port: number) => Promise<boolean> }> = {
    stranger: {
      to: ["frontend", "backend", "postgres"],
      reaches: (...target) => byPython(stranger, "stranger", ...target),
    },
    neighbour: {
      to: ["frontend", "backend", "postgres"],
      reaches: (...target) => byPython(neighbour(), "stranger", ...target),
    },
    frontend: {
      to: ["backend", "postgres", "stranger"],
      reaches: (...target) => byNode(stack.cluster, "frontend", ...target),
    },
    backend: {
      to: ["frontend", "postgres", "stranger", "kubernetes"],
      reaches: (...target) => byPython(stack.cluster, "backend", ...target),
    },
    postgres: { to: ["stranger"], reaches: (...target) => byPsql(stack.cluster, "postgres", ...target) },
  };

  /**
   * Tries every connection. Gives those that came about, as `frontend → backend`. What is closed is waited for, so
   * every pod tries at the same time.
   */
  async function flows(): Promise<string[]> {
    const found = Object.entries(tried).map(async ([from, { to, reaches }]) => {
      const reached: string[] = [];
      for (const name of to) {
        const [address = "", port = 0] = targets[name] ?? [];
        if (await reaches(address, port)) reached.push(`${from} → ${name}`);
      }
      return reached;
    });
    return (await Promise.all(found)).flat();
  }

  const all = Object.entries(tried).flatMap(([from, { to }]) => to.map((name) => `${from} → ${name}`));
  const wanted = ["stranger → frontend", "neighbour → frontend", "frontend → backend", "backend → postgres"];

  it("S3: a stranger reaches the frontend alone, it the backend, that the database, and nobody anything else", async () => {
    await until(flows, wanted);
    assert.equal((await fetch(stack.url)).status, 200, "a browser must reach the frontend");
  });

  it("S3: names are resolved", async () => {
    const lookup = "import socket; socket.gethostbyname('todo-postgres')";
    const backend = await stack.cluster.exec("backend", "python", "-c", lookup);
    assert.ok(backend.ok, backend.output);
    const frontend = await stack.cluster.exec(
      "frontend",
      "node",
      "-e",
      "require('dns').promises.lookup('todo-backend')",
    );
    assert.ok(frontend.ok, frontend.output);
  });

  it("S3: the address of a language model is opened to the backend alone, once it is configured", async () => {
    const [address, port] = targets["stranger"] ?? [];
    const entry = "networkPolicy.backendEgress[0]";
    const manifests = await render({ set: [`${entry}.cidr=${address}/32`, `${entry}.port=${port}`] });
    const { spec } = pick(manifests, "NetworkPolicy", "todo-backend");
    const old = await changeEgress(spec["egress"] as V1NetworkPolicyEgressRule[]);
    try {
      const more = [...wanted, "backend → stranger"];
      await until(async () => (await flows()).toSorted(), more.toSorted());
    } finally {
      await changeEgress(old);
    }
    await until(flows, wanted);
  });

  it("S3: without the policies each of these connections comes about", async () => {
    const { namespace } = stack.cluster;
    const { items } = await networking.listNamespacedNetworkPolicy({ namespace });
    assert.ok(items.length >= 4, "the chart must have brought its policies");
    try {
      await networking.deleteCollectionNamespacedNetworkPolicy({ namespace });
      await until(flows, all);
    } finally {
      for (const item of items) {
        const { name, labels, annotations } = item.metadata ?? {};
        const metadata = { name: name ?? "", labels: labels ?? {}, annotations: annotations ?? {} };
        await networking.createNamespacedNetworkPolicy({ namespace, body: { metadata, spec: item.spec ?? {} } });
      }
    }
    await until(flows, wanted);
  });

  it("S1: a privileged pod is refused in the namespace of the stack, and nowhere else", async () => {
    const pod = listener("any");
    pod.metadata = { name: "privileged" };
    for (const container of pod.spec?.containers ?? []) container.securityContext = { privileged: true };
    const admitted = await stranger.core.createNamespacedPod({
      namespace: stranger.namespace,
      body: structuredClone(pod),
      dryRun: "All",
    });
    assert.equal(admitted.spec?.containers[0]?.securityContext?.privileged, true, "it must be a pod that can be made");
    const { core, namespace } = stack.cluster;
    await assert.rejects(
      core.createNamespacedPod({ namespace, body: pod, dryRun: "All" }),
      /violates PodSecurity.*restricted.*privileged/,
    );
  });

  /** Changes what the backend may reach. Gives what it was. */
  async function changeEgress(egress: V1NetworkPolicyEgressRule[]): Promise<V1NetworkPolicyEgressRule[]> {
    const { namespace } = stack.cluster;
    const policy = await networking.readNamespacedNetworkPolicy({ name: "todo-backend", namespace });
    const old = policy.spec?.egress ?? [];
    if (policy.spec !== undefined) policy.spec.egress = egress;
    await networking.replaceNamespacedNetworkPolicy({ name: "todo-backend", namespace, body: policy });
    return old;
  }
});

/** A pod that says one letter to whoever connects, and obeys the strictest standard. */
const listener = (image: string): V1Pod => ({
  metadata: { name: "stranger", labels: { "app.kubernetes.io/component": "stranger" } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "stranger",
        image,
        command: [
          "python",
          "-c",
          "import socket\ns = socket.create_server(('', 8080))\nwhile True: s.accept()[0].send(b'X')",
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});

type Probe = (cluster: ClusterView, component: string, address: string, port: number) => Promise<boolean>;

const byPython: Probe = async (cluster, component, address, port) => {
  const connect = `import socket; socket.create_connection(("${address}", ${port}), 3)`;
  return (await cluster.exec(component, "python", "-c", connect)).ok;
};

const byNode: Probe = async (cluster, component, address, port) => {
  const connect = `
    const socket = require("net").connect(${port}, "${address}", () => process.exit(0));
    socket.setTimeout(3000, () => process.exit(1));`;
  return (await cluster.exec(component, "node", "-e", connect)).ok;
};

/** What answers need not be a database: psql then says that the answer is none. */
const byPsql: Probe = async (cluster, component, address, port) => {
  const { output } = await cluster.exec(
    component,
    "psql",
    `host=${address} port=${port} connect_timeout=3 user=nobody`,
  );
  return /invalid response to SSL negotiation/.test(output);
};

/** Waits until something is as it should be: rules follow pods and policies within seconds. */
async function until<T>(look: () => Promise<T>, wanted: T): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      assert.deepEqual(await look(), wanted);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(1000);
    }
  }
}
