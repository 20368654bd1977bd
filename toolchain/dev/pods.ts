import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, makeInformer } from "@kubernetes/client-node";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import type { NamespaceRef } from "../../provider/kubernetes.ts";
import { ownConfig } from "../own-access.ts";

/** What wants to know of pods. */
export interface PodObserver {
  /** A pod is there, or has changed. */
  seen: (pod: V1Pod, config: KubeConfig) => void;
  gone: (pod: V1Pod) => void;
}

const selector = "app.kubernetes.io/instance=todo";
const pause = 1_000;

/**
 * Tells of the pods of the release until it is stopped, whether or not there is a cluster yet: it may be made meanwhile, or be
 * replaced by another one.
 * @param home Minikube's home. A kubeconfig that leads to any other cluster than one of Minikube's is not used.
 */
export const watchPods = async (
  ref: NamespaceRef,
  home: string,
  observer: PodObserver,
  stopped: AbortSignal,
): Promise<void> => {
  while (!stopped.aborted) {
    const config = await ownConfig({ ...ref, home }).catch(() => undefined);
    if (config !== undefined) await follow(config, ref.namespace, observer, stopped);
    await sleep(pause, undefined, { signal: stopped }).catch(() => undefined);
  }
};

/** Ends with the first error: the cluster may be gone. */
const follow = async (
  config: KubeConfig,
  namespace: string,
  { seen, gone }: PodObserver,
  stopped: AbortSignal,
): Promise<void> => {
  const core = config.makeApiClient(CoreV1Api);
  const list = () => core.listNamespacedPod({ namespace, labelSelector: selector });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, list, selector);
  informer.on("add", (pod) => seen(pod, config));
  informer.on("update", (pod) => seen(pod, config));
  informer.on("delete", gone);
  await new Promise((resolve) => {
    informer.on("error", resolve);
    stopped.addEventListener("abort", resolve, { once: true });
    informer.start().catch(resolve);
  });
  await informer.stop();
};
