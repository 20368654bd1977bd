import type { V1Pod } from "@kubernetes/client-node";
import { secondsSince } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Fact, Finding } from "../diagnosis/finding.ts";
import { display, isReady, matches, nameOf, podsOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot, Workload } from "../diagnosis/snapshot.ts";

/** Seconds without a pod that is ready before that means something: a start takes a while. */
const patience = 60;

/** A workload of which no pod is ready, for whatever reason. Any other finding about it says more. */
export const noPodReady = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot)
    .filter(({ workload }) => (workload.spec?.replicas ?? 1) > 0 && secondsWithout(workload, snapshot) > patience)
    .map(({ ref, workload }) => {
      const [pod] = allPodsOf(workload, snapshot);
      const facts = pod === undefined ? { pods: 0 } : factsOf(pod);
      return finding("no-pod-ready", ref, `${display(ref)} has no pod that is ready${placeOf(pod)}.`, facts);
    });

/** For how long no pod has been ready, at least. */
const secondsWithout = (workload: Workload, snapshot: Snapshot): number => {
  if (podsOf(workload, snapshot.pods).some(isReady)) return 0;
  const pods = allPodsOf(workload, snapshot);
  if (pods.length > 0) return Math.min(...pods.map((pod) => secondsNotReady(pod, snapshot)));
  const available = conditionsOf(workload).find(({ type, status }) => type === "Available" && status === "False");
  return secondsSince(available?.lastTransitionTime, snapshot);
};

/** Those that are being ended too: on a node that is lost they stay, and no other one is made. */
const allPodsOf = ({ spec }: Workload, { pods }: Snapshot): V1Pod[] =>
  pods.filter(({ metadata, status }) => {
    const isThere = metadata?.deletionTimestamp !== undefined || status?.phase !== "Failed";
    return isThere && matches(metadata?.labels, spec?.selector.matchLabels);
  });

const secondsNotReady = ({ metadata, status }: V1Pod, snapshot: Snapshot): number => {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  const since = condition?.status === "True" ? metadata?.deletionTimestamp : condition?.lastTransitionTime;
  return secondsSince(since ?? metadata?.creationTimestamp, snapshot);
};

const conditionsOf = ({ status }: Workload): { type: string; status: string; lastTransitionTime?: Date }[] =>
  status?.conditions ?? [];

const factsOf = ({ metadata, spec, status }: V1Pod): Record<string, Fact> => ({
  pod: metadata?.name ?? "",
  node: spec?.nodeName ?? "none",
  phase: status?.phase ?? "unknown",
  ...(metadata?.deletionTimestamp === undefined
    ? {}
    : { terminatingSince: new Date(metadata.deletionTimestamp).toISOString() }),
});

const placeOf = (pod: V1Pod | undefined): string => {
  const node = pod?.spec?.nodeName;
  if (pod === undefined || node === undefined) return "";
  const isEnding = pod.metadata?.deletionTimestamp !== undefined;
  return isEnding ? `: ${nameOf(pod)} does not end on node ${node}` : `: ${nameOf(pod)} is on node ${node}`;
};
