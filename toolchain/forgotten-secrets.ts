import { join } from "node:path";
import { isReady } from "../provider/api-server.ts";
import { Namespace } from "../provider/kubernetes.ts";
import type { Target } from "../provider/minikube.ts";
import { checkout, minikubeHome, stateFolder } from "./paths.ts";
import { deploymentIn, plainSettings } from "./stack-files.ts";

/** As much of a resource in Pulumi's state as is used here. */
export interface KnownResource {
  type: string;
  inputs?: { metadata?: { name?: string } };
  outputs?: { namespace?: string; backend?: string; postgres?: string };
}

/**
 * Makes room in the stack's own cluster for the Secrets that Pulumi's state knows no more, though it knows who has made them: somebody
 * has typed `pulumi state delete`. Kubernetes would refuse their names. An `up` that follows at once makes them again with the same
 * content; pods that run have theirs mounted.
 * @param stack one whose state can be read.
 */
export const makeRoomForSecrets = async (stack: string): Promise<void> => {
  const { resources = [] } = (deploymentIn(checkout, stack) ?? {}) as { resources?: KnownResource[] };
  const { profile } = plainSettings(checkout, stack);
  const cluster = { home: minikubeHome, profile, kubeconfig: join(stateFolder, `${profile}.kubeconfig`) };
  for (const name of await removeForgotten(cluster, resources)) {
    console.error(`The state has forgotten the Secret ${name}. It is made again.`);
  }
};

/** Removes the Secrets that the resources have forgotten, from a cluster of ours alone. Gives their names. */
export const removeForgotten = async (cluster: Target, resources: KnownResource[]): Promise<string[]> => {
  const { namespace, backend, postgres } =
    resources.find(({ type }) => type === "todo-stack:index:AppSecrets")?.outputs ?? {};
  const known = resources.flatMap(({ type, inputs }) =>
    type === "kubernetes:core/v1:Secret" ? [inputs?.metadata?.name] : [],
  );
  const forgotten = [backend, postgres].filter((name) => name !== undefined && !known.includes(name)) as string[];
  if (namespace === undefined || forgotten.length === 0 || !(await isReady(cluster))) return [];
  const { kubeconfig, profile: context, home } = cluster;
  await Namespace.use({ kubeconfig, context, home, namespace }, async (inside) => {
    for (const name of forgotten) await inside.deleteAll("v1", "secrets", { fieldSelector: `metadata.name=${name}` });
  });
  return forgotten;
};
