import type { V1Deployment, V1Pod, V1ReplicaSet, V1StatefulSet } from "@kubernetes/client-node";
import type { Namespace } from "./kubernetes.ts";

/** The Deployment or StatefulSet behind a component, and the pods that are to run it. */
export interface Workload {
  name: string;
  kind: "Deployment" | "StatefulSet";
  /** Pods wanted. */
  wanted: number;
  /** Pods of the newest revision that are ready. */
  ready: number;
  /** Whether nothing is left to do: all are new, ready, and none is left over. */
  settled: boolean;
  /** The pods of the newest revision. */
  pods: V1Pod[];
  /** Why no pod could be made, say because a policy forbids it. */
  refused?: string;
}

/** Looks at everything that a release runs. */
export async function workloadsOf(namespace: Namespace, release: string): Promise<Workload[]> {
  const ours = { labelSelector: `app.kubernetes.io/instance=${release}` };
  const [deployments, sets, statefulSets, pods] = await Promise.all([
    namespace.list<V1Deployment>("apps/v1", "deployments", ours),
    namespace.list<V1ReplicaSet>("apps/v1", "replicasets", ours),
    namespace.list<V1StatefulSet>("apps/v1", "statefulsets", ours),
    namespace.list<V1Pod>("v1", "pods", ours),
  ]);
  // An evicted pod stays listed beside the one that takes its place.
  const alive = pods.filter(
    ({ metadata, status }) => metadata?.deletionTimestamp === undefined && status?.phase !== "Failed",
  );
  const ownedBy = (uid: string | undefined): V1Pod[] =>
    alive.filter(({ metadata }) => uid !== undefined && metadata?.ownerReferences?.some((owner) => owner.uid === uid));
  return [
    ...deployments.map((deployment) => ofDeployment(deployment, ownedBy(newestSet(deployment, sets)))),
    ...statefulSets.map((set) => ofStatefulSet(set, ownedBy(set.metadata?.uid))),
  ];
}

const revision = "deployment.kubernetes.io/revision";

function newestSet(deployment: V1Deployment, sets: V1ReplicaSet[]): string | undefined {
  const uid = deployment.metadata?.uid;
  const current = deployment.metadata?.annotations?.[revision];
  const own = sets.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
  return own.find(({ metadata }) => metadata?.annotations?.[revision] === current)?.metadata?.uid;
}

function ofDeployment({ metadata, spec, status }: V1Deployment, pods: V1Pod[]): Workload {
  const wanted = spec?.replicas ?? 1;
  const failure = status?.conditions?.find((each) => each.type === "ReplicaFailure" && each.status === "True");
  return {
    name: metadata?.name ?? "",
    kind: "Deployment",
    wanted,
    ready: pods.filter(isReady).length,
    settled:
      (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
      (status?.updatedReplicas ?? 0) === wanted &&
      (status?.availableReplicas ?? 0) === wanted &&
      (status?.replicas ?? 0) === wanted,
    pods,
    ...(failure?.message === undefined ? {} : { refused: failure.message }),
  };
}

function ofStatefulSet({ metadata, spec, status }: V1StatefulSet, pods: V1Pod[]): Workload {
  const wanted = spec?.replicas ?? 1;
  return {
    name: metadata?.name ?? "",
    kind: "StatefulSet",
    wanted,
    ready: pods.filter(isReady).length,
    settled:
      (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
      (status?.readyReplicas ?? 0) === wanted &&
      (wanted === 0 || status?.currentRevision === status?.updateRevision),
    pods,
  };
}

const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
