import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  DiscoveryV1Api,
  makeInformer,
  NetworkingV1Api,
} from "@kubernetes/client-node";
import type {
  Informer,
  KubeConfig,
  KubernetesListObject,
  KubernetesObject,
  ObjectCache,
} from "@kubernetes/client-node";
import type { Objects } from "./cluster-reads.ts";
import { EventWatch } from "./event-watch.ts";
import { asOnTheWire } from "./wire.ts";

/** After an error of a watch, in milliseconds. */
const pause = 2_000;

type Kept = Exclude<keyof Objects, "events">;
type Cache = Informer<KubernetesObject> & ObjectCache<KubernetesObject>;

/** Keeps what is in a namespace by watching it: each object is read once, then only what changes. */
export class Informers {
  readonly #caches: Record<Kept, Cache>;
  readonly #events: EventWatch;
  /** The kinds that have been read. */
  readonly #complete = new Set<string>();
  readonly #onChange: (object: KubernetesObject) => void;
  #stopped = false;

  /** @param onChange hears of every object that was made, changed or deleted, and of every warning. */
  constructor(config: KubeConfig, namespace: string, onChange: (object: KubernetesObject) => void) {
    this.#onChange = onChange;
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    const discovery = config.makeApiClient(DiscoveryV1Api);
    const network = config.makeApiClient(NetworkingV1Api);
    const scaling = config.makeApiClient(AutoscalingV2Api);
    const cache = (group: string, plural: string, list: () => Promise<KubernetesListObject<KubernetesObject>>): Cache =>
      makeInformer(config, `/${group}/namespaces/${namespace}/${plural}`, async () => {
        const all = await list();
        this.#complete.add(plural);
        return all;
      });
    this.#caches = {
      pods: cache("api/v1", "pods", () => core.listNamespacedPod({ namespace })),
      deployments: cache("apis/apps/v1", "deployments", () => apps.listNamespacedDeployment({ namespace })),
      statefulSets: cache("apis/apps/v1", "statefulsets", () => apps.listNamespacedStatefulSet({ namespace })),
      replicaSets: cache("apis/apps/v1", "replicasets", () => apps.listNamespacedReplicaSet({ namespace })),
      services: cache("api/v1", "services", () => core.listNamespacedService({ namespace })),
      endpointSlices: cache("apis/discovery.k8s.io/v1", "endpointslices", () =>
        discovery.listNamespacedEndpointSlice({ namespace }),
      ),
      networkPolicies: cache("apis/networking.k8s.io/v1", "networkpolicies", () =>
        network.listNamespacedNetworkPolicy({ namespace }),
      ),
      configMaps: cache("api/v1", "configmaps", () => core.listNamespacedConfigMap({ namespace })),
      claims: cache("api/v1", "persistentvolumeclaims", () => core.listNamespacedPersistentVolumeClaim({ namespace })),
      autoscalers: cache("apis/autoscaling/v2", "horizontalpodautoscalers", () =>
        scaling.listNamespacedHorizontalPodAutoscaler({ namespace }),
      ),
    };
    this.#events = new EventWatch(config, namespace, onChange);
  }

  /** Starts to watch. What is not answered is asked again, for as long as it takes. */
  start(): void {
    for (const cache of Object.values(this.#caches)) {
      for (const verb of ["add", "update", "delete"] as const) cache.on(verb, this.#onChange);
      cache.on("error", () => this.#later(cache));
      this.#begin(cache);
    }
    this.#events.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#events.stop();
    await Promise.all(Object.values(this.#caches).map((cache) => cache.stop()));
  }

  /** Whether every kind of object has been read. */
  get isComplete(): boolean {
    return this.#complete.size === Object.keys(this.#caches).length;
  }

  /** What was seen last. */
  objects(): Objects {
    // Each kind is what its own API gives.
    const of = <K extends Kept>(kind: K) => [...this.#caches[kind].list()] as Objects[K];
    return {
      pods: of("pods"),
      deployments: of("deployments"),
      statefulSets: of("statefulSets"),
      replicaSets: of("replicaSets"),
      services: of("services"),
      endpointSlices: of("endpointSlices"),
      networkPolicies: of("networkPolicies").map(asOnTheWire),
      configMaps: of("configMaps").filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt"),
      claims: of("claims"),
      autoscalers: of("autoscalers"),
      events: this.#events.latest(),
    };
  }

  #begin(cache: Cache): void {
    cache.start().catch(() => this.#later(cache));
  }

  #later(cache: Cache): void {
    setTimeout(() => {
      if (!this.#stopped) this.#begin(cache);
    }, pause).unref();
  }
}
