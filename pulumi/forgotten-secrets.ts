import { isReady } from "../provider/cluster/kubernetes/api-server.ts";
import { Namespace } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { KubernetesObject, NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { ContextRef } from "../provider/cluster/kubernetes/kubeconfig.ts";
import { isExisting, targetFacts } from "./existing-target.ts";
import { rewriteState } from "./rewritten-state.ts";
import { ownTarget } from "../state/access/own-profile.ts";
import { placeOf } from "../state/access/reach.ts";
import { checkout } from "../machine/paths.ts";
import { deploymentIn } from "../state/stack-files.ts";
import { locksOn } from "../state/stack-locks.ts";

/** As much of a resource in Pulumi's state as is used here. */
export interface KnownResource {
  urn?: string;
  type: string;
  /** Whether another one has taken its place, and it is to be deleted at the end of the next `up`. */
  delete?: boolean;
  inputs?: { metadata?: { name?: string } };
  outputs?: { namespace?: string };
}

/** As much of Pulumi's state as is used here. */
interface Deployment {
  resources?: KnownResource[];
}

/** All of a Secret that makes one like it. */
interface Secret extends KubernetesObject {
  metadata: { name: string; labels?: object; annotations?: object };
  type?: string;
  immutable?: boolean;
  data?: object;
}

/** Secrets of a cluster that stand in the way of an `up`. */
interface Forgotten {
  names: string[];
  remove: () => Promise<void>;
  /** Puts back those that nobody has made again, and gives their names. */
  putBack: () => Promise<string[]>;
}

/** What `components/app-secrets.ts` calls its Secrets. */
const ownName = /^todo-[a-z]+-[0-9a-f]{16}$/;

/**
 * Makes room in the stack's cluster for the Secrets that the next `up` may make. Kubernetes would refuse the name of
 * one that is there: one that somebody has taken out of the state by `pulumi state delete`, or one that an `up` has
 * replaced which then failed, and whose setting was taken back since. An `up` that follows at once makes what it needs
 * again with the same content; pods that run have theirs mounted.
 * @param stack one whose state can be read.
 * @returns what to do when that `up` has failed.
 */
export const makeRoomForSecrets = async (stack: string): Promise<() => Promise<void>> => {
  // Somebody else is at work on the stack: what the state does not know yet is theirs, and Pulumi refuses to begin.
  if (locksOn(checkout, stack).length > 0) return () => Promise.resolve();
  const { resources = [] } = (deploymentIn(checkout, stack) ?? {}) as Deployment;
  const cluster = resources.length === 0 ? undefined : await clusterOf(stack);
  const forgotten = cluster === undefined ? undefined : await forgottenIn(cluster, resources);
  if (forgotten === undefined) return () => Promise.resolve();
  // Pulumi would delete at the end what has been made again under the same name.
  if (withoutReplaced(resources).length < resources.length) {
    await rewriteState(stack, (deployment: Deployment) => ({
      ...deployment,
      resources: withoutReplaced(deployment.resources ?? []),
    }));
  }
  const { names, remove, putBack } = forgotten;
  await remove();
  for (const name of names)
    console.error(`No resource of the state is the Secret ${name}. If needed, it is made again.`);
  return async () => {
    for (const name of await putBack()) console.error(`The Secret ${name} is put back as it was.`);
  };
};

/** The stack's cluster; undefined where its own Minikube does not answer. */
const clusterOf = async (stack: string): Promise<ContextRef | undefined> => {
  if (isExisting(stack)) {
    const { kubeconfig, context, clusterId } = targetFacts(checkout, stack);
    return { kubeconfig, context, clusterId };
  }
  const own = ownTarget(placeOf(stack));
  if (own === undefined || !(await isReady(own))) return undefined;
  const { kubeconfig, profile: context, home } = own;
  return { kubeconfig, context, home };
};

/** The resources without the Secrets that are only waiting to be deleted since others have taken their places. */
export const withoutReplaced = (resources: KnownResource[]): KnownResource[] =>
  resources.filter((each) => !isReplaced(each, resources));

const isReplaced = ({ urn, type, inputs, delete: waits }: KnownResource, resources: KnownResource[]): boolean =>
  waits === true &&
  type === "kubernetes:core/v1:Secret" &&
  ownName.test(inputs?.metadata?.name ?? "") &&
  resources.some((each) => each.urn === urn && each.delete !== true);

/**
 * Finds the stack's own Secrets in a cluster that are no resources of the state.
 * @returns undefined where the state knows no namespace yet, or the cluster does not say: Pulumi then says why.
 */
export const forgottenIn = async (cluster: ContextRef, resources: KnownResource[]): Promise<Forgotten | undefined> => {
  const namespace = resources.find(({ type }) => type === "todo-stack:index:AppSecrets")?.outputs?.namespace;
  if (namespace === undefined) return undefined;
  const place = { ...cluster, namespace };
  const all = await secretsIn(place).catch(() => undefined);
  if (all === undefined) return undefined;
  const known = withoutReplaced(resources).map(({ inputs }) => inputs?.metadata?.name);
  const secrets = all.filter(({ metadata: { name } }) => ownName.test(name) && !known.includes(name));
  return {
    names: secrets.map(({ metadata }) => metadata.name),
    remove: () => removeFrom(place, secrets),
    putBack: () => putBack(place, secrets),
  };
};

/** Without Helm's records of releases, which are large. */
const secretsIn = async (place: NamespaceRef): Promise<Secret[]> =>
  await Namespace.use(place, (inside) =>
    inside.list<Secret>("v1", "secrets", { fieldSelector: "type!=helm.sh/release.v1" }),
  );

const removeFrom = async (place: NamespaceRef, secrets: Secret[]): Promise<void> => {
  if (secrets.length === 0) return;
  await Namespace.use(place, async (inside) => {
    for (const { metadata } of secrets) {
      await inside.deleteAll("v1", "secrets", { fieldSelector: `metadata.name=${metadata.name}` });
    }
  });
};

/** What makes one like it; the rest is the API server's. */
const likeIt = ({ metadata: { name, labels, annotations }, type, immutable, data }: Secret): Secret =>
  ({ apiVersion: "v1", kind: "Secret", metadata: { name, labels, annotations }, type, immutable, data }) as Secret;

const putBack = async (place: NamespaceRef, secrets: Secret[]): Promise<string[]> => {
  if (secrets.length === 0) return [];
  return await Namespace.use(place, async (inside) => {
    const made: string[] = [];
    for (const secret of secrets) {
      if (await inside.createIfMissing("secrets", likeIt(secret))) made.push(secret.metadata.name);
    }
    return made;
  });
};
