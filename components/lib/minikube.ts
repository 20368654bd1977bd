import * as pulumi from "@pulumi/pulumi";
import type { ClusterInputs } from "../../provider/cluster.ts";
import type { ImagePresenceInputs } from "../../provider/image-presence.ts";

type InputsOf<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/** One Minikube profile with one node; made, started, replaced and removed by the provider in `provider/`. */
export class Cluster extends pulumi.CustomResource {
  /** Names one life of the cluster: the same until it is replaced. */
  declare readonly instance: pulumi.Output<string>;
  /** `tcp://ADDRESS:PORT` of the cluster's Docker daemon. */
  declare readonly dockerHost: pulumi.Output<string>;
  /** Folder of the certificates for that daemon. */
  declare readonly dockerCertPath: pulumi.Output<string>;

  constructor(name: string, args: InputsOf<ClusterInputs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = { instance: undefined, dockerHost: undefined, dockerCertPath: undefined };
    super("minikube:index:Cluster", name, { ...args, ...outputs }, opts);
  }
}

/** Whether an image is in the cluster's daemon; see `provider/image-presence.ts`. */
export class ImagePresence extends pulumi.CustomResource {
  /** Changes whenever the image has to be built: it is new, lost, or the cluster is. */
  declare readonly builds: pulumi.Output<number>;

  constructor(name: string, args: InputsOf<ImagePresenceInputs>, opts?: pulumi.CustomResourceOptions) {
    super("minikube:index:ImagePresence", name, { ...args, builds: undefined }, opts);
  }
}
