import type { V1Pod } from "@kubernetes/client-node";
import type { Trouble } from "./diagnosis.ts";
import type { Workload } from "./workloads.ts";

/**
 * What a cause deserves in a cluster that makes nodes on demand: a pod that finds no node asks for one, which may take
 * minutes. Meanwhile an init container of another pod may give up waiting, and try again.
 * @param lastReady when the newest of the pods that are ready became so, by {@link lastReadyOf}.
 */
export function withNodesOnDemand(cause: Trouble, pod: V1Pod, lastReady: number): Trouble {
  const { patienceAlone: _none, ...rest } = cause;
  if (isUnscheduled(pod)) return { ...rest, patience: Infinity };
  const ended = endOfInit(pod, cause.container);
  if (ended === undefined) return cause;
  // What it waited for came after it had given up: its next try may do.
  if (ended <= lastReady) return { ...rest, patience: Infinity };
  return { ...rest, patience: Infinity, patienceAlone: cause.patience };
}

/** When the newest of the pods that are ready became so, in milliseconds since 1970; 0 when none is. */
export function lastReadyOf(workloads: Workload[]): number {
  const conditions = workloads.flatMap(({ pods }) => pods.flatMap(({ status }) => status?.conditions ?? []));
  const ready = conditions.filter(({ type, status }) => type === "Ready" && status === "True");
  return Math.max(0, ...ready.map(({ lastTransitionTime }) => new Date(lastTransitionTime ?? 0).getTime()));
}

/** Whether the scheduler has found no node for a pod. */
const isUnscheduled = ({ status }: V1Pod): boolean =>
  status?.conditions?.some((each) => each.type === "PodScheduled" && each.status === "False") ?? false;

/** When an init container ended that ends again and again by itself; undefined for every other container. */
function endOfInit({ status }: V1Pod, container: string | undefined): number | undefined {
  const init = status?.initContainerStatuses?.find(({ name }) => name === container);
  const last = init?.lastState?.terminated;
  if (init?.state?.waiting?.reason !== "CrashLoopBackOff" || last === undefined) return undefined;
  // More memory is nothing that comes with another pod.
  if (last.reason === "OOMKilled" || last.exitCode === 137) return undefined;
  return new Date(last.finishedAt ?? 0).getTime();
}
