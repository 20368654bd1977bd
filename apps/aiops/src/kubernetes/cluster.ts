import { AppsV1Api, AutoscalingV2Api, CoreV1Api, DiscoveryV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import type { KubeConfig, KubernetesObject, V1Pod } from "@kubernetes/client-node";
import * as z from "zod";
import { componentOf } from "../containers.ts";
import { OperationError } from "../errors.ts";
import { nameOf } from "../snapshot.ts";
import type { ObjectRef, Readiness, Released, Snapshot } from "../snapshot.ts";
import { openAccess } from "./access.ts";
import type { Place } from "./access.ts";
import { kindsOf } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { reasonOf, statusOf } from "./status.ts";
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
  /** The UID of the namespace: no other cluster has it, nor has one of the same name that is made later. */
  readonly uid: string;
  readonly namespace: string;
  /** Whose rights are used. */
  readonly rights: string;
  readonly #core: CoreV1Api;
  readonly #config: KubeConfig;
  readonly #kinds: Record<string, Kind>;

  private constructor(config: KubeConfig, namespace: string, uid: string, rights: string) {
    this.#config = config;
    this.#core = config.makeApiClient(CoreV1Api);
    this.#kinds = kindsOf(config, namespace);
    this.namespace = namespace;
    this.uid = uid;
    this.rights = rights;
  }

  /** Finds the namespace and remembers which one it is. @throws OperationError when the stack is not up. */
  static async connect(place: Place): Promise<Cluster> {
    const { config, rights } = await openAccess(place);
    const uid = await uidOf(config, place.namespace);
    return new Cluster(config, place.namespace, uid, rights);
  }

  /** @throws OperationError when the namespace is not the one that was found first: the cluster was made anew, or is another. */
  async verify(): Promise<void> {
    const uid = await uidOf(this.#config, this.namespace);
    if (uid === this.uid) return;
    throw new OperationError(
      `Namespace ${this.namespace} is another one than when this server was started. Nothing is read or done.`,
      "Start the server again.",
    );
  }

  /** Reads everything there is to know, at one moment. */
  async snapshot(released: Released | undefined): Promise<Snapshot> {
    const { namespace } = this;
    const apps = this.#config.makeApiClient(AppsV1Api);
    const pods = (await this.#core.listNamespacedPod({ namespace })).items;
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
      this.#core.listNamespacedService({ namespace }),
      this.#config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace }),
      this.#config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace }),
      this.#core.listNamespacedConfigMap({ namespace }),
      this.#core.listNamespacedPersistentVolumeClaim({ namespace }),
      this.#config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({ namespace }),
      this.#core.listNamespacedEvent({ namespace }),
      Promise.all(pods.filter(isRunningBackend).map((pod) => this.#readinessOf(pod))),
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
  }

  /** The last lines of a log, fewer where they are too long; empty when the container has none yet. */
  async log({ pod, container, previous, lines }: LogQuery): Promise<string> {
    const request = { name: pod, namespace: this.namespace, container, previous, tailLines: lines };
    try {
      const text = await this.#core.readNamespacedPodLog({ ...request, limitBytes: mostOfLog, timestamps: true });
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
    return await this.#kindOf(kind).read(name);
  }

  /** @param dryRun asks the server what would come of it, and changes nothing. */
  async edit({ kind, name }: ObjectRef, operations: object[], dryRun: boolean): Promise<KubernetesObject> {
    return await this.#kindOf(kind).edit(name, operations, dryRun);
  }

  /** @param dryRun as for {@link edit}. */
  async apply({ kind, name }: ObjectRef, object: object, dryRun: boolean): Promise<KubernetesObject> {
    return await this.#kindOf(kind).apply(name, object, dryRun);
  }

  #kindOf(kind: string): Kind {
    const found = this.#kinds[kind];
    if (found === undefined) throw new OperationError(`A ${kind} is never changed here.`);
    return found;
  }

  async #readinessOf(pod: V1Pod): Promise<Readiness> {
    const name = nameOf(pod);
    const request = { name: `${name}:8000`, namespace: this.namespace, path: "health/ready" };
    const body = await this.#core
      .connectGetNamespacedPodProxyWithPath(request)
      .catch((error: unknown) => (isAnswer(error) ? error.body : undefined));
    return { pod: name, database: databaseIn(body) };
  }
}

const isRunningBackend = (pod: V1Pod): boolean =>
  componentOf(pod) === "backend" &&
  pod.metadata?.deletionTimestamp === undefined &&
  (pod.status?.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false);

const isAnswer = (error: unknown): error is { body: unknown } => statusOf(error) === 503;

const answer = z.object({ checks: z.object({ database: z.enum(["ok", "failed", "timed out"]) }) });

const databaseIn = (body: unknown): Readiness["database"] => {
  try {
    return answer.parse(typeof body === "string" ? JSON.parse(body) : body).checks.database;
  } catch {
    return "unknown";
  }
};

const uidOf = async (config: KubeConfig, namespace: string): Promise<string> => {
  try {
    const { metadata } = await config.makeApiClient(CoreV1Api).readNamespace({ name: namespace });
    return metadata?.uid ?? "";
  } catch (error) {
    if (statusOf(error) === 404)
      throw new OperationError(`There is no namespace ${namespace}.`, "npx pulumi up", error);
    throw new OperationError(`The cluster does not answer: ${reasonOf(error)}.`, "npm run status", error);
  }
};
