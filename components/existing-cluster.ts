import * as kubernetes from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingSettings } from "./settings/existing-settings.ts";
import { existingValues } from "./lib/existing-values.ts";
import { ExistingCluster as Cluster } from "./lib/minikube-resources.ts";
import type { RegistryImages, Target } from "./target.ts";

/** Arguments of {@link ExistingCluster}. */
export interface ExistingClusterArgs extends ExistingSettings {
  /** The namespace of the application, of which a preview speaks. */
  namespace: string;
}

/**
 * A cluster that is there already and has more in it than this stack: it is used, and never made, started or removed.
 * Images come from a registry.
 */
export class ExistingCluster extends pulumi.ComponentResource implements Target {
  readonly instance: pulumi.Output<string>;
  readonly kubeconfig: string;
  readonly context: string;
  readonly identity: { clusterId: string };
  /** There are several nodes, each with a time of its own. */
  readonly nodeStarted = pulumi.output("");
  readonly url: pulumi.Output<string>;
  readonly images: RegistryImages;
  readonly inCluster: pulumi.CustomResourceOptions;
  readonly inKubernetes: pulumi.CustomResourceOptions;
  readonly owner: pulumi.Output<string>;
  readonly values: object;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("todo-stack:index:ExistingCluster", name, {}, opts);
    const { context, clusterId, registry, platform, host, namespace } = args;
    // Of this context alone, made before Pulumi starts. Relative, so that the state does not depend on where the
    // checkout is.
    const kubeconfig = `.state/${pulumi.getStack()}.cluster`;

    const cluster = new Cluster(
      `${name}-existing-cluster`,
      { kubeconfig, context, clusterId, namespace, registry, platform },
      { parent: this },
    );
    const kubernetesApi = new kubernetes.Provider(
      `${name}-kubernetes`,
      // By its id the plugin knows the cluster again, wherever it listens and by whichever context it is reached.
      { kubeconfig, context, clusterIdentifier: clusterId },
      { parent: this, dependsOn: cluster },
    );

    this.instance = pulumi.output(clusterId);
    this.kubeconfig = kubeconfig;
    this.context = context;
    this.identity = { clusterId };
    this.url = pulumi.output(`https://${host}`);
    this.images = { registry, platform };
    // What holds data goes only when a person has said so.
    this.inCluster = { dependsOn: cluster, protect: true };
    this.inKubernetes = { provider: kubernetesApi };
    this.owner = cluster.owner;
    this.values = existingValues(args);
    this.registerOutputs({ instance: this.instance, kubeconfig, url: this.url });
  }
}
