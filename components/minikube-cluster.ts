import * as docker from "@pulumi/docker/provider.js";
import * as kubernetes from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { versions } from "../versions.ts";
import { holder } from "./lib/holder.ts";
import { Cluster, ControlPlane, Workers } from "./lib/minikube-resources.ts";
import type { NodeImages, Target } from "./target.ts";

/** The port of the application on the cluster's node, whatever the port on the host. */
export const nodePort = 30080;

/** Arguments of {@link MinikubeCluster}. They are plain values: none comes from another resource. */
export interface MinikubeClusterArgs {
  /** Minikube profile; also the name of the container, of the context and of the kubeconfig file in `.state`. */
  profile: string;
  /** Minikube driver. With `docker` the application answers on localhost, with any other at the node's address. */
  driver: string;
  /** CPUs of each node, at least 2; lowered if Docker has less. */
  cpus: number;
  /** Memory of each node in MB, at least 2048; lowered if Docker has less. */
  memory: number;
  /** Number of nodes. More than one, with the docker driver alone, are connected by kube-router. */
  nodes: number;
  /** Port on 127.0.0.1 that leads to {@link nodePort}, with the docker driver. */
  port: number;
  /** Whether the pods get their code from `npm run dev`, which copies it into one of each. */
  development: boolean;
}

/** A Minikube cluster of this stack alone, and the two ways into it: its Docker daemon and its Kubernetes API. */
export class MinikubeCluster extends pulumi.ComponentResource implements Target {
  /** Names one life of the cluster: the same until it is replaced. Known in preview. */
  readonly instance: pulumi.Output<string>;
  /** Minikube's home, whose authority the cluster has. */
  readonly identity: { home: pulumi.Output<string> };
  /** Path of the kubeconfig file, relative to the checkout. */
  readonly kubeconfig: string;
  /** Its context in that file. */
  readonly context: string;
  /** When the node was started last, in ISO 8601; empty when that is not known. */
  readonly nodeStarted: pulumi.Output<string>;
  /** Where the application answers. */
  readonly url: pulumi.Output<string>;
  /** The cluster's Docker daemon, and what is built in it. */
  readonly images: NodeImages;
  /** Options of what lives in the cluster, and comes by the provider of the cluster itself. */
  readonly inCluster: pulumi.CustomResourceOptions;
  /** Options of what lives in the cluster's Kubernetes, and comes by Pulumi's plugin. */
  readonly inKubernetes: pulumi.CustomResourceOptions;
  /** The cluster is the stack's alone, and so is every namespace in it. */
  readonly owner = undefined;
  /** The chart's values for it, see {@link valuesFor}. */
  readonly values: object;

  constructor(name: string, args: MinikubeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:MinikubeCluster", name, {}, opts);
    const { profile, driver, nodes, port } = args;
    const hasWorkers = nodes > 1;
    const inContainer = driver === "docker";
    // Relative, so that the state does not depend on where the checkout is.
    const kubeconfig = `.state/${profile}.kubeconfig`;

    const cluster = new Cluster(
      `${name}-cluster`,
      clusterInputs(args, kubeconfig),
      // Two cannot have one profile. When it is told to replace it, the engine does not ask the provider for the order.
      { parent: this, deleteBeforeReplace: true },
    );
    this.nodeStarted = cluster.nodeStarted.apply((time) => time ?? "");
    // Images are built meanwhile: they need the cluster's daemon alone.
    const { home, instance } = cluster;
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        ...{ profile, home, kubeconfig, instance, nodeStarted: this.nodeStarted },
        ...(hasWorkers && { network: "kube-router" }),
      },
      { parent: this, deletedWith: cluster },
    );
    const workers = hasWorkers
      ? new Workers(
          `${name}-workers`,
          { profile, home, kubeconfig, instance, count: nodes - 1 },
          { parent: this, deletedWith: cluster, dependsOn: controlPlane },
        )
      : undefined;
    const daemon = new docker.Provider(
      `${name}-docker`,
      { host: cluster.dockerHost, certPath: cluster.dockerCertPath },
      // A new cluster may listen where the old one did. A provider that has met the dead daemon must not be used for
      // it.
      { parent: this, replacementTrigger: instance },
    );
    const kubernetesApi = new kubernetes.Provider(
      `${name}-kubernetes`,
      { kubeconfig, context: profile },
      { parent: this, dependsOn: controlPlane },
    );

    // `deletedWith`: what is in the cluster goes with it, so a destroy asks neither daemon nor API, which may be dead.
    this.inCluster = { deletedWith: cluster, dependsOn: controlPlane };
    const { dockerHost, dockerCertPath } = cluster;
    this.images = {
      dockerHost,
      dockerCertPath,
      inDaemon: { provider: daemon, deletedWith: daemon },
      copies: workers === undefined ? undefined : { from: profile, to: workers.names },
    };
    this.inKubernetes = { provider: kubernetesApi, deletedWith: kubernetesApi };
    this.instance = instance;
    this.identity = { home };
    this.kubeconfig = kubeconfig;
    this.context = profile;
    this.values = valuesFor(args);
    this.url = inContainer
      ? pulumi.output(`http://localhost:${port}`)
      : cluster.dockerHost.apply((host) => `http://${new URL(host).hostname}:${nodePort}`);
    this.registerOutputs({
      instance: this.instance,
      dockerHost,
      dockerCertPath,
      kubeconfig,
      nodeStarted: this.nodeStarted,
      url: this.url,
    });
  }
}

/** What a Minikube of the stack is made of. */
function clusterInputs(
  { profile, driver, cpus, memory, nodes, port }: MinikubeClusterArgs,
  kubeconfig: string,
): ConstructorParameters<typeof Cluster>[1] {
  return {
    profile,
    driver,
    cpus,
    memory,
    kubernetesVersion: `v${versions.kubernetes}`,
    kubeconfig,
    // Minikube's own default is about to become containerd, into which no docker build goes.
    containerRuntime: "docker",
    ports: driver === "docker" ? [`127.0.0.1:${port}:${nodePort}`] : [],
    // Left out for one node, as in the states from before there could be more.
    ...(nodes > 1 && { network: "kube-router" }),
    holder: holder(),
  };
}

/**
 * The chart's values for a cluster. On one node one pod of each, which leaves room for a second one during a rollout on
 * two CPUs; on several one of each on every node, but for the database, whose volume Minikube makes on the first node.
 * And a port of the nodes.
 */
function valuesFor({ nodes, development }: MinikubeClusterArgs): object {
  if (nodes === 1) return { backend: { replicas: 1 }, frontend: { replicas: 1, service: { nodePort } } };
  const replicas = development ? 1 : nodes;
  const fromDeadNode = { operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 };
  const states = ["not-ready", "unreachable"];
  return {
    // As in production: pods of a dead node are replaced after half a minute, and no frontend keeps asking them.
    global: { tolerations: states.map((state) => ({ key: `node.kubernetes.io/${state}`, ...fromDeadNode })) },
    backend: { replicas, service: { sessionAffinity: "None" } },
    frontend: { replicas, service: { nodePort } },
    postgres: { nodeSelector: { "minikube.k8s.io/primary": "true" } },
  };
}
