import { AppsV1Api, AutoscalingV2Api, CoreV1Api, DiscoveryV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import type { CoreV1Event, KubeConfig, KubernetesObject, V1Pod } from "@kubernetes/client-node";
import * as z from "zod";
import { componentOf } from "../diagnosis/containers.ts";
import { OperationError } from "../operation-error.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Alert, Answer, ObjectRef, Readiness, Released, Snapshot } from "../diagnosis/snapshot.ts";
import { Access, anotherNamespace } from "./access.ts";
import type { Entrance, Place } from "./access.ts";
import { kindsOf } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { statusOf } from "./refusal.ts";
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

/** The objects of a namespace, as the API lists them. */
export type Objects = Omit<Snapshot, "takenAt" | "namespace" | "released" | "readiness" | "answers" | "alerts">;

/** What is known of a cluster without asking its API: what whoever watches it has seen. */
export interface Watched {
  objects(): Objects;
  readiness(): Readiness[];
  answers(): Answer[];
  alerts(): Alert[];
  /** The same without what was released, once that is another. */
  asSeen(snapshot: Snapshot): Snapshot;
  /** @throws OperationError when nothing may be changed now. */
  mustBeAllowedToChange(): void;
}

/** The application's namespace in the one cluster that the server was started for. */
export class Cluster {
  readonly namespace: string;
  readonly #access: Entrance;
  readonly #watched: Watched | undefined;

  private constructor(access: Entrance, namespace: string, watched?: Watched) {
    this.#access = access;
    this.namespace = namespace;
    this.#watched = watched;
  }

  /** The namespace as one sees it who watches it, from inside. */
  static watchedBy(watched: Watched, access: Entrance, namespace: string): Cluster {
    return new Cluster(access, namespace, watched);
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

  /**
   * @throws OperationError when the namespace is not the one that was found first: the cluster was made anew, or is
   * another.
   */
  async verify(): Promise<void> {
    if ((await this.#access.uidNow()) !== this.uid) throw anotherNamespace(this.namespace);
  }

  /** Everything there is to know, at one moment: what was seen last where somebody watches, else what the API says. */
  async snapshot(released: Released | undefined): Promise<Snapshot> {
    return this.#watched === undefined
      ? await this.look(released)
      : this.#snapshotOf(this.#watched.objects(), released);
  }

  /** The same, by asking the API for every object. */
  async look(released: Released | undefined): Promise<Snapshot> {
    return await this.#access.use(async (config) => {
      const objects = await objectsOf(config, this.namespace, this.#watched?.objects().events);
      if (this.#watched !== undefined) return this.#snapshotOf(objects, released);
      const core = config.makeApiClient(CoreV1Api);
      const backends = objects.pods.filter(isRunningBackend);
      const readiness = await Promise.all(backends.map((pod) => readinessOf(core, pod, this.namespace)));
      return { ...this.#snapshotOf(objects, released), readiness };
    });
  }

  #snapshotOf(objects: Objects, released: Released | undefined): Snapshot {
    const snapshot = {
      ...objects,
      takenAt: Date.now(),
      namespace: this.namespace,
      released,
      readiness: this.#watched?.readiness() ?? [],
      answers: this.#watched?.answers() ?? [],
      alerts: this.#watched?.alerts() ?? [],
    };
    return this.#watched?.asSeen(snapshot) ?? snapshot;
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
    if (!dryRun) this.#watched?.mustBeAllowedToChange();
    return await this.#use(kind, (each) => each.edit(name, operations, dryRun));
  }

  /** @param dryRun as for {@link edit}. */
  async apply({ kind, name }: ObjectRef, object: object, dryRun: boolean): Promise<KubernetesObject> {
    if (!dryRun) this.#watched?.mustBeAllowedToChange();
    return await this.#use(kind, (each) => each.apply(name, object, dryRun));
  }

  /**
   * Ends a pod, as a drain does. Without the chart's `postgres.evictable` the server refuses that for a healthy pod of
   * the database, by its PodDisruptionBudget.
   */
  async evict({ metadata }: V1Pod): Promise<void> {
    this.#watched?.mustBeAllowedToChange();
    const { name = "", uid = "" } = metadata ?? {};
    const { namespace } = this;
    const body = { metadata: { name, namespace }, deleteOptions: { preconditions: { uid } } };
    await this.#access.use((config) =>
      config.makeApiClient(CoreV1Api).createNamespacedPodEviction({ name, namespace, body }),
    );
  }

  async #use<T>(kind: string, ask: (kind: Kind) => Promise<T>): Promise<T> {
    return await this.#access.use((config) => {
      const found = kindsOf(config, this.namespace)[kind];
      if (found === undefined) throw new OperationError(`A ${kind} is never changed here.`);
      return ask(found);
    });
  }
}

/** @param seen the events where somebody watches them: there may be more of them than the memory holds. */
const objectsOf = async (config: KubeConfig, namespace: string, seen?: CoreV1Event[]): Promise<Objects> => {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const [
    pods,
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
  ] = await Promise.all([
    core.listNamespacedPod({ namespace }),
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    apps.listNamespacedReplicaSet({ namespace }),
    core.listNamespacedService({ namespace }),
    config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace }),
    config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace }),
    core.listNamespacedConfigMap({ namespace }),
    core.listNamespacedPersistentVolumeClaim({ namespace }),
    config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({ namespace }),
    seen === undefined ? core.listNamespacedEvent({ namespace }) : { items: seen },
  ]);
  return {
    deployments: deployments.items,
    statefulSets: statefulSets.items,
    replicaSets: replicaSets.items,
    pods: pods.items,
    services: services.items,
    endpointSlices: endpointSlices.items,
    networkPolicies: policies.items.map(asOnTheWire),
    configMaps: maps.items.filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt"),
    claims: claims.items,
    autoscalers: scalers.items,
    events: events.items,
  };
};

/** Whether a pod is one of the backend whose program runs. */
export const isRunningBackend = (pod: V1Pod): boolean =>
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

/** What a backend says of its database when it is asked whether it is ready. */
export const databaseIn = (body: unknown): Readiness["database"] => {
  try {
    return answer.parse(typeof body === "string" ? JSON.parse(body) : body).checks.database;
  } catch {
    return "unknown";
  }
};
