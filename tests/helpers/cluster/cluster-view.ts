import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  PolicyV1Api,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";

/** What a test reads of a running cluster, over the stack's own kubeconfig. */
export class ClusterView {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
  readonly namespace: string;
  /** Path of the kubeconfig file. */
  readonly kubeconfig: string;
  readonly #exec: Exec;

  constructor(kubeconfig: string, namespace = "todo") {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.policy = config.makeApiClient(PolicyV1Api);
    this.#exec = new Exec(config);
    this.namespace = namespace;
    this.kubeconfig = kubeconfig;
  }

  /**
   * The running pods of one component (`backend`, `frontend`, `postgres`), by name; those on their way out left aside.
   */
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

  /** The only running pod of a component. */
  async pod(component: string): Promise<V1Pod> {
    const pods = await this.pods(component);
    const [pod] = pods;
    if (pod === undefined || pods.length > 1) throw new Error(`${pods.length} pods of ${component} run, not one`);
    return pod;
  }

  /**
   * Runs a command in the container of a component, without a shell.
   * @returns whether it ended with 0, and both its streams.
   */
  async exec(component: string, ...command: string[]): Promise<{ ok: boolean; output: string }> {
    const name = (await this.pod(component)).metadata?.name ?? "";
    const streams = new PassThrough();
    const output = text(streams);
    const { promise, resolve, reject } = Promise.withResolvers<V1Status>();
    const socket = await this.#exec.exec(
      this.namespace,
      name,
      component,
      command,
      streams,
      streams,
      null,
      false,
      resolve,
    );
    socket.onclose = () => reject(new Error(`the connection to ${name} broke off during ${command.join(" ")}`));
    const { status } = await promise;
    streams.end();
    return { ok: status === "Success", output: await output };
  }
}
