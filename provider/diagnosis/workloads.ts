import type { KubernetesObject, V1Deployment, V1Pod, V1ReplicaSet, V1StatefulSet } from "@kubernetes/client-node";
import type { Namespace } from "../cluster/kubernetes/kubernetes.ts";

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
  /** Whether a pod of any revision is on its way out. */
  leaving: boolean;
  /** Pods of older revisions for whose readiness a StatefulSet waits before it replaces them, for ever if need be. */
  stuck: V1Pod[];
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
  return [
    ...deployments.map((deployment) => ofDeployment(deployment, sets, pods)),
    ...statefulSets.map((set) => ofStatefulSet(set, pods)),
  ];
}

const revision = "deployment.kubernetes.io/revision";

function ofDeployment(deployment: V1Deployment, allSets: V1ReplicaSet[], allPods: V1Pod[]): Workload {
  const { metadata, spec, status } = deployment;
  const wanted = spec?.replicas ?? 1;
  const failure = status?.conditions?.find((each) => each.type === "ReplicaFailure" && each.status === "True");
  const sets = ownedBy(allSets, metadata?.uid);
  const newest = sets.find((set) => set.metadata?.annotations?.[revision] === metadata?.annotations?.[revision]);
  // Until the controller has seen the change, the newest set that it knows is that of the revision before.
  const pods = isSeen(deployment) ? ownedBy(allPods, newest?.metadata?.uid).filter(isAlive) : [];
  return {
    name: metadata?.name ?? "",
    kind: "Deployment",
    wanted,
    ready: pods.filter(isReady).length,
    settled:
      isSeen(deployment) &&
      (status?.updatedReplicas ?? 0) === wanted &&
      (status?.availableReplicas ?? 0) === wanted &&
      (status?.replicas ?? 0) === wanted,
    pods,
    leaving: sets.some((set) => ownedBy(allPods, set.metadata?.uid).some(isLeaving)),
    stuck: [],
    ...(failure?.message === undefined ? {} : { refused: failure.message }),
  };
}

function ofStatefulSet(set: V1StatefulSet, allPods: V1Pod[]): Workload {
  const { metadata, spec, status } = set;
  const wanted = spec?.replicas ?? 1;
  const own = ownedBy(allPods, metadata?.uid);
  const isNew = (pod: V1Pod): boolean => pod.metadata?.labels?.["controller-revision-hash"] === status?.updateRevision;
  const alive = isSeen(set) ? own.filter(isAlive) : [];
  const pods = alive.filter(isNew);
  const ready = pods.filter(isReady).length;
  return {
    name: metadata?.name ?? "",
    kind: "StatefulSet",
    wanted,
    ready,
    settled: isSeen(set) && ready === wanted && alive.length === wanted,
    pods,
    leaving: own.some(isLeaving),
    stuck: alive.filter((pod) => !isNew(pod) && !isReady(pod)),
  };
}

/** Whether its controller has seen what is wanted last; until then its status speaks of something else. */
const isSeen = ({ metadata, status }: V1Deployment | V1StatefulSet): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);

const ownedBy = <T extends KubernetesObject>(objects: T[], uid: string | undefined): T[] =>
  objects.filter(({ metadata }) => uid !== undefined && metadata?.ownerReferences?.some((owner) => owner.uid === uid));

/** An evicted pod stays listed beside the one that takes its place. */
const isAlive = (pod: V1Pod): boolean => !isLeaving(pod) && pod.status?.phase !== "Failed";

const isLeaving = ({ metadata }: V1Pod): boolean => metadata?.deletionTimestamp !== undefined;

const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
