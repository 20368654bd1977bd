import type {
  CoreV1Event,
  V1ConfigMap,
  V1Deployment,
  V1EndpointSlice,
  V1NetworkPolicy,
  V1PersistentVolumeClaim,
  V1Pod,
  V1ReplicaSet,
  V1Service,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

/** What one backend pod says of the things that it needs. */
export interface Readiness {
  pod: string;
  /** What it says of its database; `unknown` when it does not answer, or not as it should. */
  database: "ok" | "failed" | "timed out" | "unknown";
  /** Whether it has said something bad that does not count yet. */
  suspected?: boolean;
}

/** What came of a request like those of a browser, which the controller in the cluster sends again and again. */
export interface Answer {
  request: "page" | "health" | "api";
  /** Of which component a wrong answer tells. */
  component: "frontend" | "backend";
  /** How many answers in a row were wrong, or did not come. */
  wrong: number;
  /** How many answers in a row came too late, or did not come for as long. */
  slow: number;
  /** For how many seconds answers have been late, without a few good ones in a row. */
  slowSeconds: number;
  /** HTTP status of the last answer; 0 when none came. */
  status: number;
  milliseconds: number;
}

/** An alert of Prometheus that is firing. Its name is one that the chart has. */
export interface Alert {
  name: string;
  component: "frontend" | "backend" | "postgres";
}

/** An object as the chart has rendered it. */
export interface ReleasedObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

/** What was released last, as Pulumi's state tells it. No value of a Secret is in it. */
export interface Released {
  /** The chart's values. */
  values: unknown;
  objects: ReleasedObject[];
}

/** The objects of the application's namespace at one moment. There is no text of a log in it. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  takenAt: number;
  namespace: string;
  /** Undefined when it is not known what was released. */
  released: Released | undefined;
  deployments: V1Deployment[];
  statefulSets: V1StatefulSet[];
  replicaSets: V1ReplicaSet[];
  pods: V1Pod[];
  services: V1Service[];
  endpointSlices: V1EndpointSlice[];
  networkPolicies: V1NetworkPolicy[];
  configMaps: V1ConfigMap[];
  claims: V1PersistentVolumeClaim[];
  autoscalers: V2HorizontalPodAutoscaler[];
  events: CoreV1Event[];
  readiness: Readiness[];
  /** Empty where nobody asks. */
  answers: Answer[];
  /** Empty where there is no Prometheus. */
  alerts: Alert[];
}

/** A Deployment or a StatefulSet. */
export type Workload = V1Deployment | V1StatefulSet;

/** Kind and name of an object in the namespace. */
export interface ObjectRef {
  kind: string;
  name: string;
}

export const nameOf = (object: { metadata?: { name?: string } }): string => object.metadata?.name ?? "";

/** Writes a reference as `Deployment/todo-backend`. */
export const display = ({ kind, name }: ObjectRef): string => `${kind}/${name}`;

/** Every Deployment and StatefulSet, with its kind, which the API leaves out of lists. */
export const workloadsOf = ({
  deployments,
  statefulSets,
}: Pick<Snapshot, "deployments" | "statefulSets">): { ref: ObjectRef; workload: Workload }[] => [
  ...deployments.map((workload) => ({ ref: { kind: "Deployment", name: nameOf(workload) }, workload })),
  ...statefulSets.map((workload) => ({ ref: { kind: "StatefulSet", name: nameOf(workload) }, workload })),
];

/** Whether the labels of an object are those that a selector asks for. */
export const matches = (
  labels: Record<string, string> | undefined,
  selector: Record<string, string> | undefined,
): boolean =>
  selector !== undefined &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([key, value]) => labels?.[key] === value);

/**
 * The pods of a workload that are there to stay: one that was evicted has failed for good, and another stands for it.
 */
export const podsOf = (workload: Workload, pods: V1Pod[]): V1Pod[] =>
  pods.filter(
    ({ metadata, status }) =>
      metadata?.deletionTimestamp === undefined &&
      status?.phase !== "Failed" &&
      matches(metadata?.labels, workload.spec?.selector.matchLabels),
  );

export const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Whether all pods that a workload wants are of its newest revision and ready, and none is left over. */
export const isSettled = ({ metadata, spec, status }: Workload): boolean => {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    (status?.replicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted &&
    (wanted === 0 || (status?.updatedReplicas ?? 0) === wanted)
  );
};

/** How often the containers of pods were started again. */
export const restartsOf = (pods: V1Pod[]): number =>
  pods
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
