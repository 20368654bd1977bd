import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** Why a pod does not become ready. */
export interface Trouble {
  /** Name of the pod. */
  pod: string;
  /** Name of the container; undefined when it is the pod as a whole. */
  container?: string;
  /** What is wrong, to follow "pod P, container C". */
  reason: string;
  /** Seconds for which it may yet mend itself. */
  patience: number;
  /** Whether the lines that explain it are those of the container's previous run. */
  previous: boolean;
}

/** What Kubernetes says of a container that waits, in words, and how long it may. An image may come with the next try. */
const waiting: Record<string, { reason: (message: string) => string; patience: number }> = {
  ErrImageNeverPull: { reason: (message) => `has no image: ${message}`, patience: 0 },
  InvalidImageName: { reason: (message) => `has no image: ${message}`, patience: 0 },
  ErrImagePull: { reason: (message) => `has no image: ${message}`, patience: 60 },
  ImagePullBackOff: { reason: (message) => `has no image: ${message}`, patience: 60 },
  CreateContainerConfigError: { reason: (message) => `cannot be made: ${message}`, patience: 15 },
  CreateContainerError: { reason: (message) => `cannot be made: ${message}`, patience: 15 },
  RunContainerError: { reason: (message) => `cannot be started: ${message}`, patience: 15 },
};

/** What keeps a pod from becoming ready; undefined when nothing is known to. */
export function diagnose(pod: V1Pod): Trouble | undefined {
  const name = pod.metadata?.name ?? "";
  const { status } = pod;
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    // The pod of the revision before may be on its way out and make room.
    const reason = `finds no node: ${scheduled.message ?? scheduled.reason ?? ""}`;
    return { pod: name, reason, patience: 45, previous: false };
  }
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const trouble = diagnoseContainer(pod, container);
    if (trouble !== undefined) return { pod: name, container: container.name, ...trouble };
  }
  return undefined;
}

/** The container that a pod waits for, when nothing is wrong but it is not ready. */
export function holdUp(pod: V1Pod): { container: string; reason: string } | undefined {
  const init = pod.status?.initContainerStatuses?.find(({ state }) => state?.terminated === undefined);
  if (init !== undefined) return { container: init.name, reason: "has not ended" };
  const container = pod.status?.containerStatuses?.find(({ ready }) => !ready);
  if (container === undefined) return undefined;
  return { container: container.name, reason: container.started === true ? "is not ready" : "has not started" };
}

function diagnoseContainer(pod: V1Pod, container: V1ContainerStatus): Omit<Trouble, "pod" | "container"> | undefined {
  const now = container.state?.waiting;
  const known = waiting[now?.reason ?? ""];
  if (known !== undefined) {
    return { reason: known.reason(now?.message ?? now?.reason ?? ""), patience: known.patience, previous: false };
  }
  if (now?.reason !== "CrashLoopBackOff") return undefined;
  const last = container.lastState?.terminated;
  const times = `${container.restartCount} restarts`;
  if (last?.reason === "OOMKilled") {
    return {
      reason: `needs more than its ${memoryLimit(pod, container.name)} of memory, ${times}`,
      patience: 0,
      previous: true,
    };
  }
  const end = last?.signal ? `signal ${last.signal}` : `exit code ${last?.exitCode ?? "unknown"}`;
  return { reason: `ends again and again with ${end}, ${times}`, patience: 0, previous: true };
}

function memoryLimit(pod: V1Pod, name: string): string {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers.find((container) => container.name === name)?.resources?.limits?.["memory"] ?? "limit";
}
