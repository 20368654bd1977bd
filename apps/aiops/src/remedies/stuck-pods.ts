import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { isReady, nameOf, podsOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, Snapshot, Workload } from "../diagnosis/snapshot.ts";

/**
 * Whether a StatefulSet waits for a pod of an earlier revision that is not ready. It replaces such a pod only once that
 * is ready, which a broken one never gets (kubernetes#67250).
 */
export const waitsInVain = ({ metadata, status }: Workload): boolean =>
  status !== undefined &&
  "updateRevision" in status &&
  (status.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
  (status.readyReplicas ?? 0) === 0 &&
  (status.updatedReplicas ?? 0) < status.replicas;

/** The pods for which it waits in vain; none of anything but a StatefulSet. */
export const stuckPodsOf = (
  { kind, name }: ObjectRef,
  { statefulSets, pods }: Pick<Snapshot, "statefulSets" | "pods">,
): V1Pod[] => {
  const set = kind === "StatefulSet" ? statefulSets.find((each) => nameOf(each) === name) : undefined;
  if (set === undefined || !waitsInVain(set)) return [];
  return podsOf(set, pods).filter((pod) => isOutdated(pod, set) && !isReady(pod));
};

const isOutdated = ({ metadata }: V1Pod, { status }: V1StatefulSet): boolean =>
  metadata?.labels?.["controller-revision-hash"] !== status?.updateRevision;
