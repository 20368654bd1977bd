import * as pulumi from "@pulumi/pulumi";
import type { BuildProxies } from "../../provider/resources/images/build-proxies.ts";
import type { ClusterInputs } from "../../provider/resources/cluster/cluster.ts";
import type { CopiedImageInputs } from "../../provider/resources/images/copied-image.ts";
import type { ControlPlaneInputs } from "../../provider/resources/cluster/control-plane.ts";
import type { ExistingClusterInputs } from "../../provider/resources/cluster/cluster-of-others.ts";
import type { ImagePresenceInputs } from "../../provider/resources/images/image-presence.ts";
import type { Holder } from "../../provider/data-loss/loss.ts";
import type { ManifestsInputs } from "../../provider/resources/manifests.ts";
import type { NamespaceInputs } from "../../provider/resources/namespace.ts";
import type { PushedImageInputs } from "../../provider/resources/images/pushed-image.ts";
import type { ReleasePresenceInputs } from "../../provider/resources/release/release-presence.ts";
import type { RolloutInputs } from "../../provider/resources/release/rollout.ts";
import type { WorkersInputs } from "../../provider/resources/cluster/workers.ts";

/** What a resource that holds data is told by a program that says no more about them. */
const plainHolder = (): Holder => ({ isPreview: pulumi.runtime.isDryRun() });

type InputsOf<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/** One Minikube profile and its first node; made, started, replaced and removed by the provider in `provider/`. */
export class Cluster extends pulumi.CustomResource {
  /** Minikube's home. */
  declare readonly home: pulumi.Output<string>;
  /** Names one life of the cluster: the same until it is replaced. */
  declare readonly instance: pulumi.Output<string>;
  /** `tcp://ADDRESS:PORT` of the cluster's Docker daemon. */
  declare readonly dockerHost: pulumi.Output<string>;
  /** Folder of the certificates for that daemon. */
  declare readonly dockerCertPath: pulumi.Output<string>;
  /** When the node was started last, in ISO 8601; undefined when that is not known. */
  declare readonly nodeStarted: pulumi.Output<string | undefined>;

  constructor(name: string, args: InputsOf<ClusterInputs>, opts?: pulumi.CustomResourceOptions) {
    const found = { instance: undefined, home: undefined, dockerHost: undefined, dockerCertPath: undefined };
    super("minikube:index:Cluster", name, { holder: plainHolder(), ...args, ...found, nodeStarted: undefined }, opts);
  }
}

/** A cluster that is there already, by its context and its id: `provider/resources/cluster/cluster-of-others.ts`. */
export class ExistingCluster extends pulumi.CustomResource {
  /** By what this stack knows its own namespaces. Known in preview. */
  declare readonly owner: pulumi.Output<string>;

  constructor(
    name: string,
    args: InputsOf<Omit<ExistingClusterInputs, "isPreview">>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const isPreview = pulumi.runtime.isDryRun();
    super("minikube:index:ExistingCluster", name, { ...args, isPreview, owner: undefined }, opts);
  }
}

/**
 * Kubernetes in a cluster, once it answers and its NetworkPolicies are enforced; see
 * `provider/resources/cluster/control-plane.ts`.
 */
export class ControlPlane extends pulumi.CustomResource {
  constructor(name: string, args: InputsOf<ControlPlaneInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:ControlPlane", name, { ...args, networkPolicy: undefined }, opts);
  }
}

/** The nodes of a cluster besides its first; see `provider/resources/cluster/workers.ts`. */
export class Workers extends pulumi.CustomResource {
  /** Their containers. */
  declare readonly names: pulumi.Output<string[]>;

  constructor(name: string, args: InputsOf<WorkersInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:Workers", name, { ...args, names: undefined }, opts);
  }
}

/**
 * An image of the first node's daemon, in those of the others too; see `provider/resources/images/copied-image.ts`.
 */
export class CopiedImage extends pulumi.CustomResource {
  constructor(name: string, args: InputsOf<CopiedImageInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:CopiedImage", name, args, opts);
  }
}

/** A namespace in the cluster, made anew when it is gone; see `provider/resources/namespace.ts`. */
export class Namespace extends pulumi.CustomResource {
  /** Name of the namespace. */
  declare readonly name: pulumi.Output<string>;
  /** Names one life of the namespace: another one when it had to be made anew. Known in preview. */
  declare readonly life: pulumi.Output<string>;

  constructor(name: string, args: InputsOf<NamespaceInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:Namespace", name, { holder: plainHolder(), ...args, life: undefined }, opts);
  }
}

/** Whether an image is in the cluster's daemon; see `provider/resources/images/image-presence.ts`. */
export class ImagePresence extends pulumi.CustomResource {
  /** Changes whenever the image has to be built: it is new, lost, or the cluster is. */
  declare readonly builds: pulumi.Output<number>;
  /** The proxies by which it is built, of when it has to be built. */
  declare readonly proxies: pulumi.Output<BuildProxies | undefined>;

  constructor(name: string, args: InputsOf<ImagePresenceInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:ImagePresence", name, { ...args, builds: undefined, proxies: undefined }, opts);
  }
}

/**
 * An image in a registry, built and pushed only if the registry does not have it; see
 * `provider/resources/images/pushed-image.ts`.
 */
export class PushedImage extends pulumi.CustomResource {
  constructor(name: string, args: InputsOf<PushedImageInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:PushedImage", name, args, opts);
  }
}

/** What a chart renders to; see `provider/resources/manifests.ts`. */
export class Manifests extends pulumi.CustomResource {
  constructor(name: string, args: InputsOf<ManifestsInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:Manifests", name, args, opts);
  }
}

/** Whether a Helm release is as the stack has left it; see `provider/resources/release/release-presence.ts`. */
export class ReleasePresence extends pulumi.CustomResource {
  /** Names one life of the release: another one when it has to be installed anew. Known in preview. */
  declare readonly life: pulumi.Output<string>;
  /** Changes whenever the release has to be applied again. Known in preview. */
  declare readonly repairs: pulumi.Output<number>;

  constructor(name: string, args: InputsOf<ReleasePresenceInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:ReleasePresence", name, { ...args, life: undefined, repairs: undefined }, opts);
  }
}

/** Done when a Helm release is healthy; see `provider/resources/release/rollout.ts`. */
export class Rollout extends pulumi.CustomResource {
  constructor(name: string, args: InputsOf<RolloutInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:Rollout", name, args, opts);
  }
}
