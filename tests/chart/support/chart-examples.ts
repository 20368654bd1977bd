/** An example of values for the cluster of one vendor, as its first lines tell how to use it. */
export interface Example {
  readonly name: string;
  /** Values files, the later ones first in rank. */
  readonly overlays: readonly string[];
}

/** Every file of `charts/todo/examples`. */
export const EXAMPLES: readonly Example[] = ["aks", "eks", "gke", "k3s", "openshift"].map((name) => ({
  name,
  overlays: ["values-prod.yaml", `examples/${name}.yaml`],
}));
