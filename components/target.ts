import type * as pulumi from "@pulumi/pulumi";

/** Where the application runs: a Minikube of this stack alone, or a cluster that is there already. */
export interface Target {
  /** Names one life of the cluster: the same until it is replaced. Known in preview. */
  readonly instance: pulumi.Output<string>;
  /** Path of the kubeconfig file, relative to the checkout. */
  readonly kubeconfig: string;
  /** Its context in that file. */
  readonly context: string;
  /** By what the provider makes sure that the context leads to this cluster. */
  readonly identity: { home: pulumi.Output<string> } | { clusterId: string };
  /** When the node was started last, in ISO 8601; empty when that is not known, or there are several. */
  readonly nodeStarted: pulumi.Output<string>;
  /** Where the application answers. */
  readonly url: pulumi.Output<string>;
  /** Where images go. */
  readonly images: NodeImages | RegistryImages;
  /** Options of the namespace, which comes by the provider of the cluster itself. */
  readonly inCluster: pulumi.CustomResourceOptions;
  /** Options of what lives in the cluster's Kubernetes, and comes by Pulumi's plugin. */
  readonly inKubernetes: pulumi.CustomResourceOptions;
  /** By what the stack knows its own namespaces where others have theirs beside them. */
  readonly owner: pulumi.Output<string> | undefined;
  /** The chart's values for this cluster. What the program says of the application goes over them. */
  readonly values: object;
}

/** Images are built in the Docker daemon of the cluster's node, and are nowhere else. */
export interface NodeImages {
  readonly registry?: undefined;
  /** `tcp://ADDRESS:PORT` of that daemon. */
  readonly dockerHost: pulumi.Output<string>;
  /** Folder of the certificates for it. */
  readonly dockerCertPath: pulumi.Output<string>;
  /** Options of what is built or pulled there. */
  readonly inDaemon: pulumi.CustomResourceOptions;
  /** From which container to which others images are copied; undefined for a cluster with one node. */
  readonly copies: { from: string; to: pulumi.Output<string[]> } | undefined;
}

/** Images are pushed to a registry, from which the nodes pull them. */
export interface RegistryImages {
  /** What stands before an image's name: `ghcr.io/acme`. */
  readonly registry: string;
  /** What images are made for: `linux/amd64`. */
  readonly platform: string;
}
