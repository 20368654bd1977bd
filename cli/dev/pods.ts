import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, makeInformer } from "@kubernetes/client-node";
import type { KubeConfig, V1Pod, V1PodList } from "@kubernetes/client-node";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import { ownConfig } from "../../state/access/own-access.ts";

/** What wants to know of pods. */
export interface PodObserver {
  /** A pod is there, or has changed. */
  seen: (pod: V1Pod, config: KubeConfig) => void;
  gone: (pod: V1Pod) => void;
}

const selector = "app.kubernetes.io/instance=todo";
const pause = 1_000;

/**
 * A namespace, with Minikube's home. A kubeconfig that leads to any other cluster than one of Minikube's is not used.
 */
type Where = NamespaceRef & { home: string };

/**
 * Tells of the pods of the release until it is stopped, whether or not there is a cluster yet: it may be made
 * meanwhile, or be replaced by another one.
 * @param where gives the namespace of the release. It is asked again when the pods are gone. Throws as long as there is
 * none.
 */
export const watchPods = async (where: () => Where, observer: PodObserver, stopped: AbortSignal): Promise<void> => {
  const known = new Map<string, V1Pod>();
  while (!stopped.aborted) {
    const found = await look(where).catch(() => undefined);
    if (found !== undefined) await follow(found.config, found.namespace, observer, known, stopped);
    await sleep(pause, undefined, { signal: stopped }).catch(() => undefined);
  }
};

const look = async (where: () => Where): Promise<{ config: KubeConfig; namespace: string }> => {
  const ref = where();
  return { config: await ownConfig(ref), namespace: ref.namespace };
};

/**
 * Ends with the first error, since the cluster may be gone, and with the last pod, since the namespace may be.
 * @param known the pods that were told of, by their UIDs. What went while nobody could look is told of with the next
 * list.
 */
const follow = async (
  config: KubeConfig,
  namespace: string,
  observer: PodObserver,
  known: Map<string, V1Pod>,
  stopped: AbortSignal,
): Promise<void> => {
  // A signal tells only once, and may have done so while the kubeconfig was read.
  if (stopped.aborted) return;
  const seen = (pod: V1Pod): void => {
    known.set(pod.metadata?.uid ?? "", pod);
    observer.seen(pod, config);
  };
  const gone = (pod: V1Pod): void => {
    // It may be missing in a list and be told of as deleted.
    if (known.delete(pod.metadata?.uid ?? "")) observer.gone(pod);
  };
  const core = config.makeApiClient(CoreV1Api);
  const list = async (): Promise<V1PodList> => {
    const pods = await core.listNamespacedPod({ namespace, labelSelector: selector });
    const there = new Set(pods.items.map(({ metadata }) => metadata?.uid ?? ""));
    for (const [uid, pod] of known) if (!there.has(uid)) gone(pod);
    return pods;
  };
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, list, selector);
  informer.on("add", seen);
  informer.on("update", seen);
  informer.on("delete", gone);
  await new Promise((resolve) => {
    informer.on("error", resolve);
    informer.on("delete", () => {
      if (known.size === 0) resolve(undefined);
    });
    stopped.addEventListener("abort", resolve, { once: true });
    informer.start().catch(resolve);
  });
  await informer.stop();
};
