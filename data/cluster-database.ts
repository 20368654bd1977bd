import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { firstLine, UserError } from "../provider/processes/errors.ts";
import { runInPod } from "./in-pod.ts";
import { ownConfig } from "../state/access/own-access.ts";
import { ownNamespace } from "../state/access/own-profile.ts";
import { placeOf } from "../state/access/reach.ts";
import { settingOf, stackName } from "../state/stack.ts";

const pod = "todo-postgres-0";
const backend = "todo-backend";
const longestRestart = 180_000;

/** The PostgreSQL in the cluster of a stack, reached through the Kubernetes API. */
export class Database {
  readonly #config: KubeConfig;
  readonly #namespace: string;

  private constructor(config: KubeConfig, namespace: string) {
    this.#config = config;
    this.#namespace = namespace;
  }

  /**
   * The database of a stack that is up: where its state says that it is, whatever is set now.
   * @throws UserError when the stack has none that runs.
   */
  static async open(stack = stackName()): Promise<Database> {
    if ((await settingOf("databaseUrl", stack)) !== "") {
      throw new UserError("The database of this stack is outside the cluster.", "Use the means of where it runs.");
    }
    return await Database.in(ownNamespace(placeOf(stack)));
  }

  /** The database in a namespace of the stack's own cluster. @throws UserError when there is none that runs. */
  static async in(ref: NamespaceRef & { home: string }): Promise<Database> {
    try {
      const config = await ownConfig(ref);
      const { namespace } = ref;
      const { status } = await config.makeApiClient(CoreV1Api).readNamespacedPod({ name: pod, namespace });
      if (status?.containerStatuses?.[0]?.ready !== true) throw new Error("it is not ready");
      return new Database(config, namespace);
    } catch (error) {
      throw new UserError(`The database in the cluster does not answer: ${firstLine(error)}`, "Type: npm start", error);
    }
  }

  /**
   * Runs a shell script beside the database, where it may do everything with it.
   * @param states what is so after it has failed, and what after nobody knows whether it has: a sentence each.
   * @throws UserError with what it printed on standard error.
   */
  async run(
    script: string,
    output: Writable,
    { failed, unknown }: { failed: string; unknown: string },
    input: Readable | null = null,
  ): Promise<void> {
    const where = { namespace: this.#namespace, pod, container: "postgres", command: ["sh", "-euc", script] };
    const failure = await runInPod(this.#config, where, output, input);
    if (failure === undefined) return;
    const { reason } = failure;
    if (!failure.isKnown) throw new UserError(`The connection to the database broke off: ${reason}`, unknown);
    throw new UserError(`The database refused: ${reason}`, `${failed} Fix what it says, then try again.`);
  }

  /**
   * Replaces the pods of the backend, which bring the schema up to date, and waits until they serve.
   * @throws UserError when that does not work out.
   */
  async restartBackend(): Promise<void> {
    await this.#restartBackend().catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `The data is restored, but the backend was not restarted: ${firstLine(error)}`,
        "Type: npx pulumi up",
        error,
      );
    });
  }

  async #restartBackend(): Promise<void> {
    const apps = this.#config.makeApiClient(AppsV1Api);
    const deployment = { name: backend, namespace: this.#namespace };
    const annotations = { "todo-stack/restarted": new Date().toISOString() };
    const body = { spec: { template: { metadata: { annotations } } } };
    const options = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await apps.patchNamespacedDeployment({ ...deployment, body }, options);
    const deadline = Date.now() + longestRestart;
    for (;;) {
      const { metadata, spec, status } = await apps.readNamespacedDeployment(deployment);
      const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
      const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
      if (isSeen && counts.every((count) => count === spec?.replicas)) return;
      if (Date.now() > deadline) {
        throw new UserError("The data is restored, but the backend does not become ready.", "Type: npx pulumi up");
      }
      await sleep(1000);
    }
  }
}
