import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createFixture, type FsFixture } from "fs-fixture";
import { stringify } from "yaml";
import type { ClusterView } from "../helpers/cluster/cluster-view.ts";
import { inSequence } from "../helpers/in-sequence.ts";
import { IngressController } from "../helpers/cluster/ingress-controller.ts";
import { loseNothing, loseOnlyWhatIsOnTheWay } from "../helpers/cluster/load.ts";
import { NodeDaemon } from "../helpers/cluster/node-daemon.ts";
import { until } from "../helpers/until.ts";
import { WorkingCopy } from "../helpers/working-copy.ts";
import { Builder } from "./builder.ts";
import { Registry } from "./registry.ts";
import { TheirCluster } from "./their-cluster.ts";

const namespace = "acme";
const host = "todo.example.com";

/** Three nodes on a machine with two processors bear no more beside pods that start. */
const perSecond = 10;

/** What this cluster asks for besides: Minikube has volumes on its first node alone, and measures no pods. */
const values = (first: string, replicas: number) => ({
  backend: { replicas, autoscaling: { enabled: false } },
  frontend: { replicas, autoscaling: { enabled: false }, service: { type: "ClusterIP" } },
  ingress: { controllerNamespace: IngressController.namespace },
  postgres: { nodeSelector: { "kubernetes.io/hostname": first } },
});

describe("a stack in a cluster of somebody else", function () {
  this.timeout("15m");
  inSequence();

  const afterwards = new AsyncDisposableStack();
  let theirs: TheirCluster;
  let registry: Registry;
  let builder: Builder;
  let files: FsFixture;
  let sprung = 0;
  let generation = 1;
  let env: Record<string, string>;
  let settings: Record<string, string>;
  let untouched: string;
  let ours: WorkingCopy;
  let controller: IngressController | undefined;
  const cluster = (): ClusterView => theirs.view(namespace);

  /** Whatever `pulumi` says, by a user who has access to the cluster and to the registry. */
  const pulumi = async (copy: WorkingCopy, ...args: string[]) =>
    await copy.pulumi([...args, "--stack", copy.stack], env);
  const succeed = async (copy: WorkingCopy, ...args: string[]): Promise<string> =>
    await copy.succeed("pulumi", [...args, "--stack", copy.stack], env);
  const up = async (copy: WorkingCopy, ...args: string[]) =>
    await succeed(copy, "up", "--yes", "--skip-preview", ...args);
  const refusal = async (copy: WorkingCopy, change: Record<string, string>): Promise<string> => {
    await configure(copy, { ...settings, ...change });
    const { exitCode, all } = await pulumi(copy, "up", "--yes", "--skip-preview");
    await configure(copy, settings);
    assert.notEqual(exitCode, 0, all);
    return all;
  };
  const configure = async (copy: WorkingCopy, all: Record<string, string>): Promise<void> => {
    await copy.configure(all);
    await succeed(copy, "config", "set", "--secret", "registryPassword", registry.password);
  };
  /** Waits until both applications have their three pods, and none besides. */
  const untilComplete = async (): Promise<void> => {
    const { apps, namespace } = cluster();
    for (const name of ["todo-backend", "todo-frontend"]) {
      await until(`${name} has its three pods`, async () => {
        const { status } = await apps.readNamespacedDeployment({ name, namespace });
        return status?.readyReplicas === 3 && status.replicas === 3;
      });
    }
  };
  const nodesOf = async (component: string): Promise<string[]> =>
    (await cluster().pods(component)).map(({ spec }) => spec?.nodeName ?? "").toSorted();

  before(async () => {
    theirs = await TheirCluster.start();
    afterwards.defer(async () => {
      assert.deepEqual(await theirs.stop(), [], "nothing of the cluster may remain in Docker");
    });
    const [first] = theirs.nodes;
    builder = await Builder.withImagesOf(first);
    afterwards.defer(() => builder.stop());
    registry = await Registry.start(theirs.nodes);
    afterwards.defer(() => registry.stop());
    afterwards.defer(() => builder.forget(registry.address));
    const trap = createServer((socket) => {
      sprung += 1;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(trap, "listening");
    afterwards.defer(() => void trap.close());
    files = await createFixture();
    afterwards.defer(() => files.rm());
    const elsewhere = `https://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const kubeconfig = files.getPath("kubeconfig");
    await writeFile(kubeconfig, await theirs.kubeconfigWithTrap(elsewhere));
    env = { ...builder.env, ...registry.env, KUBECONFIG: kubeconfig };
    settings = {
      target: "kubernetes",
      context: "theirs",
      clusterId: await theirs.id(),
      namespace,
      registry: `${registry.address}/acme`,
      registryUser: registry.user,
      host,
      ingressClass: "nginx",
      tlsSecret: "todo-tls",
      values: "theirs.yaml",
    };
    untouched = await theirs.everything();
    ours = await WorkingCopy.create("existing", settings);
    afterwards.defer(() => ours.remove());
    await configure(ours, settings);
    await writeFile(join(ours.folder, "theirs.yaml"), stringify(values(first, 3)));
  });

  after(async function () {
    if (this.currentTest?.isFailed() === true) await ours.keepState("test-results");
    await afterwards.disposeAsync();
  });

  it("is told by a preview which cluster its context leads to", async () => {
    const { clusterId = "", ...unnamed } = settings;
    await configure(ours, unnamed);
    const { all } = await pulumi(ours, "preview");
    await configure(ours, settings);
    assert.ok(all.includes(clusterId), all);
  });

  it("is refused another cluster than that of its settings, and a namespace of others", async () => {
    const other = await refusal(ours, { clusterId: "3f2c0a4e-0000-4000-8000-000000000000" });
    assert.match(other, /3f2c0a4e-0000-4000-8000-000000000000/);
    assert.match(other, new RegExp(settings["clusterId"] ?? ""));
    const taken = await refusal(ours, { namespace: TheirCluster.namespace });
    assert.match(taken, /There is a namespace todo .*not made/s);
    assert.equal(await theirs.everything(), untouched, "what is refused changes nothing");
  });

  it("gets its images into the registry, and three pods of each application onto three nodes", async () => {
    await up(ours);
    assert.equal(await registry.pushes(), 2);
    for (const component of ["backend", "frontend"]) assert.deepEqual(await nodesOf(component), theirs.nodes);
  });

  it("pushes nothing and changes nothing when nothing has changed", async () => {
    await up(ours, "--expect-no-changes");
    assert.equal(await registry.pushes(), 2);
  });

  it("is previewed without a way to the cluster, to the registry, or to Docker", async () => {
    const nothing = files.getPath("nothing");
    const without = { KUBECONFIG: nothing, DOCKER_CONFIG: nothing, DOCKER_HOST: `unix://${nothing}` };
    const { exitCode, all } = await ours.pulumi(["preview", "--stack", ours.stack], without);
    assert.equal(exitCode, 0, all);
    assert.match(all, /warning: /);
  });

  it("builds nothing in a second checkout, whose images are in the registry already", async () => {
    await builder.forget(registry.address);
    const second = await WorkingCopy.create("existing-second", settings);
    try {
      await configure(second, { ...settings, namespace: "acme-second", host: "second.example.com" });
      await writeFile(join(second.folder, "theirs.yaml"), stringify(values(theirs.nodes[0], 1)));
      await up(second);
      assert.equal((await theirs.view("acme-second").pods("frontend")).length, 1);
      assert.equal(await registry.pushes(), 2);
      assert.deepEqual(await builder.images(registry.address), [], "what was not built is not in Docker");
    } finally {
      await destroy(second);
      await second.remove();
    }
  });

  it("is reached by the cluster's ingress controller, by https", async () => {
    const [first] = theirs.nodes;
    const daemon = await NodeDaemon.of(theirs.copy);
    controller = await IngressController.start(cluster(), daemon, host, first);
    afterwards.defer(() => controller?.stop());
    await until("the application answers", async () => {
      const answer = await controller?.get({ host, path: "/api/backend/auth/me" }).catch(() => undefined);
      return answer?.status === 401;
    });
  });

  it("loses no request under load while a node is drained", async () => {
    const [, ...further] = theirs.nodes;
    const node = (await nodesOf("backend")).find((name) => further.some((each) => each === name)) ?? "";
    await underLoad(async () => {
      await theirs.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=240s");
      assert.ok(!(await nodesOf("backend")).includes(node), "the drain must have moved the pods");
      await theirs.kubectl("uncordon", node);
    });
  });

  it("loses no request under load while it gets a new secret", async () => {
    const pods = (await cluster().podNames("backend")).join();
    generation += 1;
    await configure(ours, { ...settings, jwtSecretGeneration: `${generation}` });
    await underLoad(async () => {
      await up(ours);
    });
    assert.notEqual((await cluster().podNames("backend")).join(), pods, "the backend must have the new secret");
  });

  it("sends requests to a pod that an autoscaler adds", async () => {
    const before = await cluster().podNames("backend");
    const deployment = ["--namespace", namespace, "deployment/todo-backend"];
    await underLoad(async () => {
      // Minikube measures no pods, so the test does what the autoscaler does under load.
      await theirs.kubectl("scale", ...deployment, "--replicas=4");
      await theirs.kubectl("rollout", "status", ...deployment, "--timeout=180s");
      const ready = Date.now();
      const [added = ""] = (await cluster().podNames("backend")).filter((name) => !before.includes(name));
      const log = async () => await theirs.kubectl("logs", "--namespace", namespace, added);
      await until("the new pod answers", async () => (await log()).includes("/api/v1/todos"));
      console.log(`      requests came ${(Date.now() - ready) / 1000} s after it was ready`);
      await theirs.kubectl("scale", ...deployment, "--replicas=3");
    });
  });

  it("loses no read under load while a node is lost, and of the writes only those on their way", async () => {
    await untilComplete();
    const [, , node] = theirs.nodes;
    const there = (await cluster().pods("backend")).find(({ spec }) => spec?.nodeName === node);
    assert.ok(controller !== undefined && there !== undefined, "there must be a pod on the node");
    const pod = `pod/${there.metadata?.name}`;
    const noticed = ["wait", "--namespace", namespace, "--for=condition=Ready=False", pod, "--timeout=240s"];
    try {
      await loseOnlyWhatIsOnTheWay(
        controller.site(host),
        async () => await theirs.kill(node),
        async () => await theirs.kubectl(...noticed),
        perSecond,
      );
    } finally {
      await theirs.startAgain(node);
    }
    await untilComplete();
    await up(ours, "--expect-no-changes");
  });

  it("is not destroyed while its data are protected, and then leaves everything of others as it was", async () => {
    const { exitCode, all } = await pulumi(ours, "destroy", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0, all);
    await controller?.stop();
    await destroy(ours);
    await until("the namespace is gone", async () => (await theirs.everything()) === untouched);
    assert.equal(sprung, 0, "nothing may follow the current context");
  });

  /** Destroys a stack as the refusal says. */
  async function destroy(copy: WorkingCopy): Promise<void> {
    const { all } = await pulumi(copy, "destroy", "--yes", "--skip-preview");
    const [, urn] = /pulumi state unprotect '([^']+)'/.exec(all) ?? [];
    assert.ok(urn, `the refusal must say what to type:\n${all}`);
    await succeed(copy, "state", "unprotect", urn, "--yes");
    await succeed(copy, "destroy", "--yes", "--skip-preview");
  }

  /** Does something under load by the ingress controller. */
  async function underLoad(work: () => Promise<void>): Promise<void> {
    assert.ok(controller !== undefined);
    await loseNothing(controller.site(host), work, perSecond);
  }
});
