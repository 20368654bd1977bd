import { AppsV1Api, AutoscalingV2Api, CoreV1Api, DiscoveryV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import type { KubeConfig, KubernetesObject, V1Pod } from "@kubernetes/client-node";
import * as z from "zod";
import { componentOf } from "../containers.ts";
import { OperationError } from "../errors.ts";
import { nameOf } from "../snapshot.ts";
import type { ObjectRef, Readiness, Released, Snapshot } from "../snapshot.ts";
import { Access, anotherNamespace } from "./access.ts";
import type { Place } from "./access.ts";
import { kindsOf } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { statusOf } from "./status.ts";
import { asOnTheWire } from "./wire.ts";

/** No more of a log is asked for than this, in bytes, however long its lines are. */
const mostOfLog = 262_144;

/** Which lines of a log are meant. */
export interface LogQuery {
  pod: string;
  container: string;
  /** Those of the run before the present one. */
  previous: boolean;
  lines: number;
}

/** The application's namespace in the one cluster that the server was started for. */
export class Cluster {
  readonly namespace: string;
  readonly #access: Access;

  private constructor(access: Access, namespace: string) {
    this.#access = access;
    this.namespace = namespace;
  }

  /** Finds the namespace and remembers which one it is. @throws OperationError when the stack is not up. */
  static async connect(place: Place): Promise<Cluster> {
    return new Cluster(await Access.open(place), place.namespace);
  }

  /** The UID of the namespace. */
  get uid(): string {
    return this.#access.uid;
  }

  /** Whose rights are used. */
  get rights(): string {
    return this.#access.rights;
  }

  /** @throws OperationError when the namespace is not the one that was found first: the cluster was made anew, or is another. */
  async verify(): Promise<void> {
    if ((await this.#access.uidNow()) !== this.uid) throw anotherNamespace(this.namespace);
  }

  /** Reads everything there is to know, at one moment. */
  async snapshot(released: Released | undefined): Promise<Snapshot> {
    return await this.#access.use((config) => snapshotOf(config, this.namespace, released));
  }

  /** The last lines of a log, fewer where they are too long; empty when the container has none yet. */
  async log({ pod, container, previous, lines }: LogQuery): Promise<string> {
    const request = { name: pod, namespace: this.namespace, container, previous, tailLines: lines };
    try {
      const text = await this.#access.use((config) =>
        config.makeApiClient(CoreV1Api).readNamespacedPodLog({ ...request, limitBytes: mostOfLog, timestamps: true }),
      );
      // It was cut at its end: a huge line must not hide those after it.
      const isCut = Buffer.byteLength(text) >= mostOfLog;
      return isCut && lines > 1
        ? await this.log({ pod, container, previous, lines: Math.floor(lines / 4) || 1 })
        : text;
    } catch (error) {
      // A container that waits to be started, or that was never started before.
      if (statusOf(error) === 400) return "";
      throw error;
    }
  }

  async read({ kind, name }: ObjectRef): Promise<KubernetesObject> {
    return await this.#use(kind, (each) => each.read(name));
  }

  /** @param dryRun asks the server what would come of it, and changes nothing. */
  async edit({ kind, name }: ObjectRef, operations: object[], dryRun: boolean): Promise<KubernetesObject> {
    return await this.#use(kind, (each) => each.edit(name, operations, dryRun));
  }

  /** @param dryRun as for {@link edit}. */
  async apply({ kind, name }: ObjectRef, object: object, dryRun: boolean): Promise<KubernetesObject> {
    return await this.#use(kind, (each) => each.apply(name, object, dryRun));
  }

  async #use<T>(kind: string, ask: (kind: Kind) => Promise<T>): Promise<T> {
    return await this.#access.use((config) => {
      const found = kindsOf(config, this.namespace)[kind];
      if (found === undefined) throw new OperationError(`A ${kind} is never changed here.`);
      return ask(found);
    });
  }
}

const snapshotOf = async (config: KubeConfig, namespace: string, released: Released | undefined): Promise<Snapshot> => {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const pods = (await core.listNamespacedPod({ namespace })).items;
  const [
    deployments,
    statefulSets,
    replicaSets,
    services,
    endpointSlices,
    policies,
    maps,
    claims,
    scalers,
    events,
    readiness,
  ] = await Promise.all([
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    apps.listNamespacedReplicaSet({ namespace }),
    core.listNamespacedService({ namespace }),
    config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace }),
    config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace }),
    core.listNamespacedConfigMap({ namespace }),
    core.listNamespacedPersistentVolumeClaim({ namespace }),
    config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({ namespace }),
    core.listNamespacedEvent({ namespace }),
    Promise.all(pods.filter(isRunningBackend).map((pod) => readinessOf(core, pod, namespace))),
  ]);
  return {
    takenAt: Date.now(),
    namespace,
    released,
    deployments: deployments.items,
    statefulSets: statefulSets.items,
    replicaSets: replicaSets.items,
    pods,
    services: services.items,
    endpointSlices: endpointSlices.items,
    networkPolicies: policies.items.map(asOnTheWire),
    configMaps: maps.items.filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt"),
    claims: claims.items,
    autoscalers: scalers.items,
    events: events.items,
    readiness,
  };
};

const isRunningBackend = (pod: V1Pod): boolean =>
  componentOf(pod) === "backend" &&
  pod.metadata?.deletionTimestamp === undefined &&
  (pod.status?.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false);

const readinessOf = async (core: CoreV1Api, pod: V1Pod, namespace: string): Promise<Readiness> => {
  const name = nameOf(pod);
  const body = await core
    .connectGetNamespacedPodProxyWithPath({ name: `${name}:8000`, namespace, path: "health/ready" })
    .catch((error: unknown) => (isAnswer(error) ? error.body : undefined));
  return { pod: name, database: databaseIn(body) };
};

const isAnswer = (error: unknown): error is { body: unknown } => statusOf(error) === 503;

const answer = z.object({ checks: z.object({ database: z.enum(["ok", "failed", "timed out"]) }) });

const databaseIn = (body: unknown): Readiness["database"] => {
  try {
    return answer.parse(typeof body === "string" ? JSON.parse(body) : body).checks.database;
  } catch {
    return "unknown";
  }
};
