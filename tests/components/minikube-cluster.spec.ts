import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MinikubeCluster } from "../../components/minikube-cluster.ts";
import type { MinikubeClusterArgs } from "../../components/minikube-cluster.ts";
import type { Holder } from "../../provider/data-loss/loss.ts";
import { versions } from "../../versions.ts";
import { clusterArgs } from "../helpers/pretended/cluster-args.ts";
import { MockEngine, valueOf } from "../helpers/pretended/mocks.ts";

const outputs = {
  "minikube:index:Cluster": {
    instance: "life-1",
    home: "/home/.minikube",
    dockerHost: "tcp://192.0.2.7:2376",
    dockerCertPath: "/home/certs",
  },
  "minikube:index:Workers": { names: ["demo-m02", "demo-m03"] },
};

describe("MinikubeCluster", () => {
  let engine: MockEngine;

  async function make(changes: Partial<MinikubeClusterArgs> = {}): Promise<MinikubeCluster> {
    engine = await MockEngine.start(outputs);
    const cluster = new MinikubeCluster("todo", { ...clusterArgs, ...changes });
    await engine.settle();
    return cluster;
  }

  it("U7: asks for one cluster, with the docker runtime and a port on localhost", async () => {
    await make();
    const { name, inputs, parent, deleteBeforeReplace } = engine.one("minikube:index:Cluster");
    assert.equal(deleteBeforeReplace, true, "two cannot have one profile");
    assert.equal(name, "todo-cluster");
    assert.equal(parent, "todo");
    const { holder, ...others } = inputs;
    assert.deepEqual(others, {
      profile: "demo",
      driver: "docker",
      cpus: 2,
      memory: 2048,
      ports: ["127.0.0.1:30999:30080"],
      kubernetesVersion: `v${versions.kubernetes}`,
      containerRuntime: "docker",
      kubeconfig: ".state/demo.kubeconfig",
    });
    assert.equal((holder as Holder).isPreview, false, "who does not know a preview cannot refuse an up");
    assert.equal((holder as Holder).contents?.backups.prefix, "test-", "a stack's own backups alone count");
    assert.equal((holder as Holder).toType?.keep, "npm run backup -- --stack test", "its own data are to be kept");
    assert.match((holder as Holder).save?.dump ?? "", /^pg_dump .*--dbname=todo/, "a person can save them by Docker");
  });

  it("has one pod of each on one node, and adds no node", async () => {
    const { values, images } = await make();
    assert.deepEqual(values, { backend: { replicas: 1 }, frontend: { replicas: 1, service: { nodePort: 30080 } } });
    assert.equal(images.copies, undefined);
    assert.ok(engine.registrations.every(({ type }) => type !== "minikube:index:Workers"));
  });

  it("adds nodes once Kubernetes answers, and has one pod of each on every node but for the database", async () => {
    const { values, images } = await make({ nodes: 3 });
    const { global, ...others } = values as { global: { tolerations: { key: string; tolerationSeconds: number }[] } };
    assert.deepEqual(
      global.tolerations.map(({ key, tolerationSeconds }) => [key, tolerationSeconds]),
      [
        ["node.kubernetes.io/not-ready", 30],
        ["node.kubernetes.io/unreachable", 30],
      ],
    );
    assert.deepEqual(others, {
      backend: { replicas: 3, service: { sessionAffinity: "None" } },
      frontend: { replicas: 3, service: { nodePort: 30080 } },
      postgres: { nodeSelector: { "minikube.k8s.io/primary": "true" } },
    });
    assert.equal(engine.one("minikube:index:Cluster").inputs["network"], "kube-router");
    assert.equal(engine.one("minikube:index:ControlPlane").inputs["network"], "kube-router");
    const { inputs, dependencies, deletedWith } = engine.one("minikube:index:Workers");
    const where = { profile: "demo", kubeconfig: ".state/demo.kubeconfig", home: "/home/.minikube" };
    assert.deepEqual(inputs, { ...where, instance: "life-1", count: 2 });
    assert.ok(dependencies.includes("todo-control-plane"));
    assert.equal(deletedWith, "todo-cluster");
    assert.equal(images.copies?.from, "demo");
    assert.deepEqual(await valueOf(images.copies.to), ["demo-m02", "demo-m03"]);
  });

  it("has one pod of each in development, which copies the code into one", async () => {
    const { values } = await make({ nodes: 3, development: true });
    const { backend, frontend } = values as Record<"backend" | "frontend", { replicas: number }>;
    assert.deepEqual([backend.replicas, frontend.replicas], [1, 1]);
  });

  it("answers on localhost with the docker driver", async () => {
    assert.equal(await valueOf((await make()).url), "http://localhost:30999");
  });

  it("answers at the node with a virtual machine, which publishes no ports", async () => {
    const cluster = await make({ driver: "kvm2" });
    assert.equal(await valueOf(cluster.url), "http://192.0.2.7:30080");
    assert.deepEqual(engine.one("minikube:index:Cluster").inputs["ports"], []);
  });

  it("builds in the cluster's own daemon, which is another one after the cluster was replaced", async () => {
    await make();
    const daemon = engine.one("pulumi:providers:docker");
    assert.deepEqual(daemon.inputs, { host: "tcp://192.0.2.7:2376", certPath: "/home/certs" });
    assert.equal(daemon.replacementTrigger, "life-1");
    assert.equal(daemon.parent, "todo");
  });

  it("builds images while Kubernetes starts, and asks Kubernetes nothing before", async () => {
    const { inCluster } = await make();
    assert.deepEqual(engine.one("pulumi:providers:docker").dependencies, ["todo-cluster"]);
    const { inputs, deletedWith } = engine.one("minikube:index:ControlPlane");
    const where = { profile: "demo", kubeconfig: ".state/demo.kubeconfig", home: "/home/.minikube" };
    assert.deepEqual(inputs, { ...where, instance: "life-1", nodeStarted: "" });
    assert.equal(deletedWith, "todo-cluster");
    class Inside extends pulumi.CustomResource {}
    new Inside("a:b:C", "inside", {}, inCluster);
    await engine.settle();
    assert.deepEqual(engine.one("a:b:C").dependencies, ["todo-control-plane"]);
  });

  it("talks to Kubernetes over a kubeconfig that is known before the cluster is", async () => {
    await make();
    const api = engine.one("pulumi:providers:kubernetes");
    assert.deepEqual(api.inputs, { kubeconfig: ".state/demo.kubeconfig", context: "demo" });
    assert.deepEqual(
      api.dependencies,
      ["todo-control-plane"],
      "the kubeconfig file is there after the cluster's start",
    );
    // A provider that hangs on the cluster's outputs is replaced with it, and leaves its resources without a provider.
    const ofInputs = Object.values(api.dependenciesOf).flat();
    assert.deepEqual(ofInputs, [], "no input of the Kubernetes provider may come from the cluster");
  });

  it("never asks a cluster that goes to delete what is in it", async () => {
    const { inKubernetes, images } = await make();
    const { inDaemon } = images;
    assert.equal(inKubernetes.deletedWith, inKubernetes.provider);
    assert.equal(inDaemon.deletedWith, inDaemon.provider);
    assert.ok(inKubernetes.provider !== undefined && inDaemon.provider !== undefined);
  });
});
