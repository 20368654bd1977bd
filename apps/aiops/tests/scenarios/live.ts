import { createHash } from "node:crypto";
import { basename } from "node:path";
import { PassThrough } from "node:stream";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import type { V1Status } from "@kubernetes/client-node";
import { Account } from "../../../../tests/helpers/account.ts";
import { driftOf } from "../../src/diagnosis/comparison.ts";
import { diagnose } from "../../src/diagnosis/all-findings.ts";
import { Cluster } from "../../src/kubernetes/cluster-reads.ts";
import { statusOf } from "../../src/kubernetes/refusal.ts";
import { isSettled, nameOf, restartsOf, workloadsOf } from "../../src/diagnosis/snapshot.ts";
import type { ReleasedObject, Snapshot } from "../../src/diagnosis/snapshot.ts";
import type { Json } from "../support/stack.ts";
import type { Releases } from "./releases.ts";

/** One operation of a JSON patch. */
export interface Patch {
  op: "add" | "remove";
  path: string;
  value?: unknown;
}

/** Sets a field. */
export const put = (path: string, value: unknown): Patch => ({ op: "add", path, value });

/** Where the application is. The kubeconfig and its one context have the name of the profile. */
export const placeOf = (): { kubeconfig: string; context: string; namespace: string } => {
  const kubeconfig = variable("AIOPS_KUBECONFIG");
  return { kubeconfig, context: basename(kubeconfig, ".kubeconfig"), namespace };
};

type Editable = "Deployment" | "StatefulSet" | "Service" | "NetworkPolicy" | "ConfigMap";

const namespace = "todo";
const marker = "still here";
/** Keeps a pod that is deleted. */
const held = "todo-stack/held-by-a-test";

/** Everything that a harmful action could touch. */
const kinds: [apiVersion: string, kind: string][] = [
  ...["Service", "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"].map((kind): [string, string] => [
    "v1",
    kind,
  ]),
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["rbac.authorization.k8s.io/v1", "Role"],
  ["rbac.authorization.k8s.io/v1", "RoleBinding"],
  ["policy/v1", "PodDisruptionBudget"],
];

export const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by specs of tests/full/stack`);
  return value;
};

/** A stack that runs, with the means of its administrator to break it and to look at it. */
export class Live {
  readonly config: KubeConfig;
  readonly #core: CoreV1Api;
  readonly #network: NetworkingV1Api;
  readonly #cluster: Cluster;
  readonly #url = variable("AIOPS_URL");
  #releases: Releases | undefined;
  #healthy: Snapshot | undefined;
  #account: Account | undefined;

  private constructor(config: KubeConfig, cluster: Cluster) {
    this.config = config;
    this.#cluster = cluster;
    this.#core = config.makeApiClient(CoreV1Api);
    this.#network = config.makeApiClient(NetworkingV1Api);
  }

  /** @param releasesOf finds what was released, where whoever repairs looks it up. */
  static async open(releasesOf: (live: Live) => Promise<Releases>): Promise<Live> {
    const place = placeOf();
    const config = new KubeConfig();
    config.loadFromFile(place.kubeconfig);
    config.setCurrentContext(place.context);
    const live = new Live(config, await Cluster.connect(place));
    live.#releases = await releasesOf(live);
    live.#account = await Account.signUp(live.#url);
    await live.#account.add(marker);
    await live.until("all is well at the start", () => live.isWell());
    live.#healthy = await live.#snapshot();
    return live;
  }

  /** Changes fields of an object by hand. */
  async edit(kind: Editable, name: string, operations: Patch[]): Promise<void> {
    await this.#cluster.edit({ kind, name }, operations, false);
  }

  async scaleToZero(kind: "Deployment" | "StatefulSet", name: string): Promise<void> {
    await this.edit(kind, name, [put("/spec/replicas", 0)]);
    const component = name.replace("todo-", "");
    await this.until("its pods are gone", async () => (await this.#podsOf(component)).length === 0);
  }

  /** Deletes an object by hand. */
  async remove(kind: "NetworkPolicy" | "ConfigMap", name: string): Promise<void> {
    if (kind === "NetworkPolicy") await this.#network.deleteNamespacedNetworkPolicy({ name, namespace });
    else await this.#core.deleteNamespacedConfigMap({ name, namespace });
  }

  /** Adds a policy that no release has. Policies only ever add up: it shuts nothing. */
  async addPolicy(name: string): Promise<void> {
    const spec = {
      podSelector: { matchLabels: { "app.kubernetes.io/component": "postgres" } },
      policyTypes: ["Ingress"],
    };
    await this.#network.createNamespacedNetworkPolicy({ namespace, body: { metadata: { name }, spec } });
  }

  /** Releases a Deployment with other fields, as an `up` with a mistake in it would. */
  async release(name: string, operations: Patch[]): Promise<void> {
    const released = this.#releases
      ?.now()
      ?.objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name);
    if (released === undefined) throw new Error(`no Deployment ${name} was released`);
    const changed = structuredClone(released) as Json & ReleasedObject;
    for (const { path, value } of operations) set(changed, path, value);
    await this.#releases?.write(changed, () => this.edit("Deployment", name, operations));
  }

  /** Runs a command in the container of a component. */
  async exec(component: string, command: string[]): Promise<void> {
    const [pod = ""] = await this.#podsOf(component);
    const output = new PassThrough().resume();
    const { promise, resolve, reject } = Promise.withResolvers<V1Status>();
    const socket = await new Exec(this.config).exec(
      namespace,
      pod,
      component,
      command,
      output,
      output,
      null,
      false,
      resolve,
    );
    socket.onclose = () => reject(new Error(`the connection to ${pod} broke off`));
    const { status, message } = await promise;
    if (status !== "Success") throw new Error(`${command.join(" ")} failed in ${pod}: ${message ?? ""}`);
  }

  /** Deletes the pod of a component, and holds it so that it never ends: as on a node that is lost. */
  async hold(component: string): Promise<void> {
    const [name = ""] = await this.#podsOf(component);
    await this.#setFinalizers(name, [held]);
    await this.#core.deleteNamespacedPod({ name, namespace });
  }

  async #setFinalizers(name: string, finalizers: string[]): Promise<void> {
    const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await this.#core.patchNamespacedPod({ name, namespace, body: { metadata: { finalizers } } }, options);
  }

  /** Puts everything back that a test has broken, and waits until all is well. */
  async restore(): Promise<void> {
    await this.#releases?.restore(() => this.#putBack());
    await this.until("all is well again", () => this.isWell());
  }

  async #putBack(): Promise<void> {
    const now = await this.#snapshot();
    for (const { metadata, spec } of this.#healthy?.deployments ?? []) {
      const name = metadata?.name ?? "";
      // Whoever leads the controller to what was released puts that back.
      if (name === "todo-operations") continue;
      const deployment = now.deployments.find((each) => nameOf(each) === name);
      const mark = "todo-stack/rolled-back-from";
      const operations: Patch[] = [];
      if (JSON.stringify(deployment?.spec) !== JSON.stringify(spec)) operations.push(put("/spec", spec));
      if (deployment?.metadata?.annotations?.[mark] !== undefined)
        operations.push({ op: "remove", path: `/metadata/annotations/${mark.replace("/", "~1")}` });
      if (operations.length > 0) await this.edit("Deployment", name, operations);
    }
    for (const { object, released } of driftOf(now)) {
      if (object.kind !== "Deployment") await this.#cluster.apply(object, released, false);
    }
    for (const policy of now.networkPolicies) {
      const isKnown = this.#healthy?.networkPolicies.some((each) => nameOf(each) === nameOf(policy)) ?? true;
      if (!isKnown) await this.remove("NetworkPolicy", nameOf(policy));
    }
    for (const pod of now.pods.filter(({ metadata }) => metadata?.finalizers?.includes(held)))
      await this.#setFinalizers(nameOf(pod), []);
    for (const pod of now.pods.filter(({ status }) => ["Failed", "Succeeded"].includes(status?.phase ?? ""))) {
      // It may be gone by now.
      await this.#core.deleteNamespacedPod({ name: nameOf(pod), namespace }).catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error;
      });
    }
  }

  /** By the cluster's own account, and by the application's: it serves what was written down at the start. */
  async isWell(): Promise<boolean> {
    const snapshot = await this.#snapshot();
    const settled = workloadsOf(snapshot).every(({ workload }) => isSettled(workload) && workload.spec?.replicas !== 0);
    if (!settled || diagnose(snapshot).length > 0) return false;
    const titles = await Promise.race([this.#account?.titles(), sleep(10_000, undefined, { ref: false })]);
    return titles?.includes(marker) === true;
  }

  /**
   * Everything that is wanted in the namespace, whoever wanted it: nothing that a harmful action changes is missing
   * here.
   */
  async wanted(): Promise<Record<string, unknown>> {
    const api = KubernetesObjectApi.makeApiClient(this.config);
    const lists = await Promise.all(
      kinds.map(async ([apiVersion, kind]) => {
        const { items } = await api.list<Json>(apiVersion, kind, namespace);
        return items.map((object): [string, unknown] => [`${kind}/${nameOf(object)}`, essenceOf(kind, object)]);
      }),
    );
    return Object.fromEntries(lists.flat());
  }

  /** How often the containers of the pods that are there to stay were started again. */
  async restarts(): Promise<number> {
    const { items } = await this.#core.listNamespacedPod({ namespace });
    return restartsOf(items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined));
  }

  /** @param pause between two looks, in milliseconds. By default the server lets that many calls through. */
  async until(what: string, isSo: () => Promise<boolean>, seconds = 240, pause = 2_500): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await isSo().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`${seconds} seconds passed and it is still not so that ${what}`);
      await sleep(pause);
    }
  }

  /** Calls the site as anybody may, and does not mind what it says. */
  async visit(path: string, init: RequestInit): Promise<void> {
    await fetch(`${this.#url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  }

  /** The running pods of a component that are there to stay. */
  async #podsOf(component: string): Promise<string[]> {
    const labelSelector = `app.kubernetes.io/component=${component}`;
    const { items } = await this.#core.listNamespacedPod({ namespace, labelSelector });
    return items
      .filter(({ metadata, status }) => metadata?.deletionTimestamp === undefined && status?.phase === "Running")
      .map(nameOf);
  }

  async #snapshot(): Promise<Snapshot> {
    return await this.#cluster.snapshot(this.#releases?.now());
  }
}

/** What somebody wanted of an object: no status, no numbers of the server's own, and no Secret in plain sight. */
const essenceOf = (kind: string, { apiVersion: _apiVersion, metadata, status: _status, ...rest }: Json): unknown => {
  if (kind === "Secret" || kind === "PersistentVolumeClaim") {
    return { uid: metadata.uid, hash: createHash("sha256").update(JSON.stringify(rest)).digest("hex") };
  }
  // A restart leaves its mark, which is all that it changes.
  const template = rest.spec?.template?.metadata;
  const { "kubectl.kubernetes.io/restartedAt": _restart, ...annotations } = template?.annotations ?? {};
  if (template !== undefined) template.annotations = annotations;
  return rest;
};

const set = (object: Json, path: string, value: unknown): void => {
  const keys = path.slice(1).split("/");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((part: Json, key) => (part[key] ??= {}) as Json, object);
  parent[last] = value;
};
