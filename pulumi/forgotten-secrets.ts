import { isReady } from "../provider/cluster/kubernetes/api-server.ts";
import { ifThere, Namespace } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { KubernetesObject, NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { Target } from "../provider/cluster/minikube/minikube.ts";
import { ownTarget } from "../state/access/own-profile.ts";
import { checkout, minikubeHome } from "../machine/paths.ts";
import { deploymentIn } from "../state/stack-files.ts";

/** As much of a resource in Pulumi's state as is used here. */
export interface KnownResource {
  type: string;
  inputs?: { metadata?: { name?: string } };
  outputs?: { namespace?: string; backend?: string; postgres?: string };
}

/** Secrets that were removed from a cluster, and how to put back those that nobody has made again. */
interface Removed {
  names: string[];
  /** Gives the names of those that it has put back. */
  putBack: () => Promise<string[]>;
}

/**
 * Makes room in the stack's own cluster for the Secrets that Pulumi's state knows no more, though it knows who has made
 * them: somebody has typed `pulumi state delete`. Kubernetes would refuse their names. An `up` that follows at once
 * makes them again with the same content; pods that run have theirs mounted.
 * @param stack one whose state can be read.
 * @returns what to do when that `up` has failed.
 */
export const makeRoomForSecrets = async (stack: string): Promise<() => Promise<void>> => {
  const { resources = [] } = (deploymentIn(checkout, stack) ?? {}) as { resources?: KnownResource[] };
  const cluster = ownTarget({ folder: checkout, home: minikubeHome, stack });
  if (cluster === undefined) return () => Promise.resolve();
  const { names, putBack } = await removeForgotten(cluster, resources);
  for (const name of names) console.error(`The state has forgotten the Secret ${name}. It is made again.`);
  return async () => {
    for (const name of await putBack()) console.error(`The Secret ${name} is put back as it was.`);
  };
};

/** Removes the Secrets that the resources have forgotten, from a cluster of ours alone. */
export const removeForgotten = async (cluster: Target, resources: KnownResource[]): Promise<Removed> => {
  const { namespace, backend, postgres } =
    resources.find(({ type }) => type === "todo-stack:index:AppSecrets")?.outputs ?? {};
  const known = resources.flatMap(({ type, inputs }) =>
    type === "kubernetes:core/v1:Secret" ? [inputs?.metadata?.name] : [],
  );
  const forgotten = [backend, postgres].filter((name) => name !== undefined && !known.includes(name)) as string[];
  if (namespace === undefined || forgotten.length === 0 || !(await isReady(cluster))) {
    return { names: [], putBack: () => Promise.resolve([]) };
  }
  const { kubeconfig, profile: context, home } = cluster;
  const place = { kubeconfig, context, home, namespace };
  const removed = await Namespace.use(place, async (inside) => {
    const secrets: Secret[] = [];
    for (const name of forgotten) {
      const secret = await read(inside, name);
      if (secret === undefined) continue;
      await inside.deleteAll("v1", "secrets", { fieldSelector: `metadata.name=${name}` });
      secrets.push(secret);
    }
    return secrets;
  });
  return { names: removed.map(({ metadata }) => metadata.name), putBack: () => putBack(place, removed) };
};

/** All of a Secret that makes one like it. */
interface Secret extends KubernetesObject {
  metadata: { name: string; labels?: object; annotations?: object };
  type?: string;
  immutable?: boolean;
  data?: object;
}

const read = async (inside: Namespace, name: string): Promise<Secret | undefined> => {
  const found = await ifThere(inside.get<Secret>("v1", "secrets", name));
  if (found === undefined) return undefined;
  const { metadata, type, immutable, data } = found;
  const { labels, annotations } = metadata;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels, annotations },
    type,
    immutable,
    data,
  } as Secret;
};

const putBack = async (place: NamespaceRef, secrets: Secret[]): Promise<string[]> => {
  if (secrets.length === 0) return [];
  return await Namespace.use(place, async (inside) => {
    const made: string[] = [];
    for (const secret of secrets) {
      if (await inside.createIfMissing("secrets", secret)) made.push(secret.metadata.name);
    }
    return made;
  });
};
