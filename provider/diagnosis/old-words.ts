import type { V1Pod } from "@kubernetes/client-node";

/**
 * Whether what is said of a pod is of this run of the node; before its kubelet is back, old words stand.
 * @param nodeStarted when that began, in ISO 8601; empty when not known.
 */
export function startedAfter(pod: V1Pod, nodeStarted: string): boolean {
  if (!isJustNow(nodeStarted)) return true;
  const containers = pod.status?.containerStatuses ?? [];
  return containers.every(({ state }) => new Date(state?.running?.startedAt ?? 0) >= new Date(nodeStarted));
}

/**
 * Whether old words may still stand: a quarter of an hour later Kubernetes has missed a kubelet that is not back. A
 * time to come was taken down before the clock went back, and pods that run now may have begun before it.
 */
function isJustNow(nodeStarted: string): boolean {
  const age = Date.now() - new Date(nodeStarted).getTime();
  return age > -60_000 && age < 900_000;
}
