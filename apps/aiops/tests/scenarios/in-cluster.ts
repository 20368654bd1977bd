import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { isOver } from "../../src/incidents/incident.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { isSettled, nameOf } from "../../src/diagnosis/snapshot.ts";
import type { Json } from "../support/stack.ts";
import { placeOf } from "./live.ts";
import { RecordInCluster } from "./releases.ts";

const { namespace } = placeOf();
const name = "todo-operations";

/** The controller that runs in the cluster, by what it has written down. */
export class InCluster {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;
  releases!: RecordInCluster;

  private constructor(config: KubeConfig) {
    this.#core = config.makeApiClient(CoreV1Api);
    this.#apps = config.makeApiClient(AppsV1Api);
  }

  static async open(config: KubeConfig): Promise<InCluster> {
    const controller = new InCluster(config);
    controller.releases = await RecordInCluster.open(config, namespace, (released) => controller.#lead(released));
    return controller;
  }

  async incidents(): Promise<Incident[]> {
    return (await this.#kept()).incidents;
  }

  async open(): Promise<Incident[]> {
    return (await this.incidents()).filter((incident) => !isOver(incident));
  }

  /** The names of all incidents that there are. */
  async known(): Promise<Set<string>> {
    return new Set((await this.incidents()).map(({ id }) => id));
  }

  /** Those that were not there before, oldest first. */
  async since(known: Set<string>): Promise<Incident[]> {
    return (await this.incidents()).filter(({ id }) => !known.has(id));
  }

  async stateOf(finding: string): Promise<Incident["state"] | undefined> {
    return (await this.#newest(finding))?.state;
  }

  async hasTold(finding: string): Promise<boolean> {
    return ["told", "untreatable"].includes((await this.stateOf(finding)) ?? "");
  }

  /** What was planned last for a finding: `scale`, for example. */
  async lastAction(finding: string): Promise<string | undefined> {
    const history = (await this.#newest(finding))?.history ?? [];
    const planned = history.findLast(({ what }) => what.startsWith("Planned: "))?.what;
    return /^Planned: (\S+)/.exec(planned ?? "")?.[1];
  }

  /** How many changes it has made within a day. */
  async changes(): Promise<number> {
    return (await this.#kept()).attempts.length;
  }

  /** Ends its pods at once: they can neither finish what they do nor give the Lease back. */
  async kill(): Promise<void> {
    const labelSelector = "app.kubernetes.io/component=operations";
    const { items } = await this.#core.listNamespacedPod({ namespace, labelSelector });
    for (const pod of items)
      await this.#core.deleteNamespacedPod({ namespace, name: nameOf(pod), gracePeriodSeconds: 0 });
  }

  /** Waits until its pod runs and is ready. */
  async isReady(): Promise<void> {
    for (let tries = 0; tries < 240; tries++) {
      if (isSettled(await this.#apps.readNamespacedDeployment({ name, namespace }))) return;
      await sleep(500);
    }
    throw new Error("the controller is not ready after two minutes");
  }

  async #newest(finding: string): Promise<Incident | undefined> {
    return (await this.incidents()).findLast((incident) => incident.finding === finding);
  }

  async #kept(): Promise<{ incidents: Incident[]; attempts: unknown[] }> {
    const { data } = await this.#core.readNamespacedConfigMap({ name: `${name}-incidents`, namespace });
    return JSON.parse(data?.["incidents.json"] ?? '{"incidents":[],"attempts":[]}') as {
      incidents: Incident[];
      attempts: unknown[];
    };
  }

  /** Gives it another record of what was released, as an upgrade does, and waits until its new pod is ready. */
  async #lead(released: string): Promise<void> {
    const { data } = await this.#core.readNamespacedConfigMap({ name, namespace });
    const settings = { ...(JSON.parse(data?.["settings.json"] ?? "{}") as Json), released };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    const body = { data: { "settings.json": JSON.stringify(settings) } };
    await this.#core.patchNamespacedConfigMap({ name, namespace, body }, merge);
    const volumes = [{ name: "released", configMap: { name: released } }];
    const metadata = { annotations: { "checksum/settings": released } };
    const template = { spec: { template: { metadata, spec: { volumes } } } };
    await this.#apps.patchNamespacedDeployment({ name, namespace, body: template }, merge);
    await this.isReady();
  }
}
