import { AppsV1Api, CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";

/** What a test reads of a running cluster, over the stack's own kubeconfig. */
export class ClusterView {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly namespace: string;

  constructor(kubeconfig: string, namespace = "todo") {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.namespace = namespace;
  }

  /** The running pods of one component (`backend`, `frontend`, `postgres`), by name; those on their way out left aside. */
  async podNames(component: string): Promise<string[]> {
    const pods = await this.pods(component);
    return pods.map((pod) => pod.metadata?.name ?? "").sort();
  }

  /** The running pods of one component. */
  async pods(component: string): Promise<V1Pod[]> {
    const { items } = await this.core.listNamespacedPod({
      namespace: this.namespace,
      labelSelector: `app.kubernetes.io/component=${component}`,
    });
    return items.filter((pod) => pod.metadata?.deletionTimestamp === undefined && pod.status?.phase === "Running");
  }
}
