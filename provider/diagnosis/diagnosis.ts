import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** Why a pod does not become ready. */
export interface Trouble {
  /** Name of the pod. */
  pod: string;
  /** Name of the container; undefined when it is the pod as a whole. */
  container?: string;
  /** What is wrong, to follow "pod P, container C". */
  reason: string;
  /** Seconds for which it may yet repair itself; infinite where Kubernetes sets the limit. */
  patience: number;
  /** The same, when nothing else of the release is under way that it could wait for. */
  patienceAlone?: number;
  /** Whether the lines that explain it are those of the container's previous run. */
  previous: boolean;
}

/** What a pod says of a Secret that is not in the cluster. */
export const missingSecret = /secret "[^"]+" not found/;

/**
 * What to do about a release that does not become healthy. An `up` alone trusts the state, which still has a Secret
 * that somebody has deleted in the cluster.
 */
export const nextAfter = (what: string): string =>
  missingSecret.test(what)
    ? "If somebody has deleted the Secret, make it again: npx pulumi up --refresh."
    : "Fix it, then type: npx pulumi up.";

/**
 * What failed of each container that runs by the newest word of its probes, by {@link containerKey}; and of a pod as a
 * whole which Secret it lacks.
 */
export type FailedProbes = ReadonlyMap<string, string>;

/** What a registry says of an image that it does not have, or does not give. */
const noSuchImage = /not found|does not exist|manifest unknown|denied/i;

/** After a fault of the network there are two more tries. */
const patienceForPull = (message: string): number => (noSuchImage.test(message) ? 5 : 35);

/** What Kubernetes says of a container that waits, in words, and how long it may. */
const waiting: Record<string, { what: (image: string) => string; patience: (message: string) => number }> = {
  ErrImageNeverPull: { what: (image) => `has no image ${image}`, patience: () => 0 },
  InvalidImageName: { what: (image) => `has no image ${image}`, patience: () => 0 },
  ErrImagePull: { what: (image) => `has no image ${image}`, patience: patienceForPull },
  ImagePullBackOff: { what: (image) => `has no image ${image}`, patience: patienceForPull },
  CreateContainerConfigError: { what: () => "cannot be made", patience: () => 15 },
  CreateContainerError: { what: () => "cannot be made", patience: () => 15 },
  RunContainerError: { what: () => "cannot be started", patience: () => 15 },
};

/** What keeps a pod from becoming ready; undefined when nothing is known to. */
export function diagnose(pod: V1Pod, failedProbes: FailedProbes = new Map()): Trouble | undefined {
  const name = pod.metadata?.name ?? "";
  const { status } = pod;
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    const reason = `finds no node: ${scheduled.message ?? scheduled.reason ?? ""}`;
    // A volume or the node itself may be just coming; room is made by pods on their way out alone.
    const alone = reason.includes("Insufficient") ? { patienceAlone: 10 } : {};
    return { pod: name, reason, patience: 45, ...alone, previous: false };
  }
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const lack = failedProbes.get(containerKey(pod.metadata?.uid));
  // What was said of a pod that runs by now is over. Kubernetes tries again by and by.
  if (lack !== undefined && missingSecret.test(lack) && containers.every(({ state }) => state?.waiting !== undefined)) {
    return { pod: name, reason: `cannot be made: ${lack}`, patience: 45, previous: false };
  }
  for (const container of containers) {
    const trouble =
      diagnoseContainer(pod, container) ??
      diagnoseProbe(container, failedProbes.get(containerKey(pod.metadata?.uid, container.name)));
    if (trouble !== undefined) return { pod: name, container: container.name, ...trouble };
  }
  return undefined;
}

/** The container that a pod waits for, when nothing is wrong but it is not ready. */
export function holdUp(pod: V1Pod): (Trouble & { container: string }) | undefined {
  const of = { pod: pod.metadata?.name ?? "", patience: Infinity, previous: false };
  const sidecars = pod.spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  const init = pod.status?.initContainerStatuses?.find(
    ({ name, state, started }) =>
      state?.terminated === undefined && !(started === true && sidecars.some((sidecar) => sidecar.name === name)),
  );
  if (init !== undefined) {
    // One that pulls or starts is under way; one that runs waits for something, or is at work: nothing tells which.
    const waits = init.state?.running === undefined ? {} : { patienceAlone: 60 };
    return { ...of, container: init.name, reason: "has not ended", ...waits };
  }
  const container = pod.status?.containerStatuses?.find(({ ready }) => !ready);
  if (container === undefined) return undefined;
  return container.started === true
    ? { ...of, container: container.name, reason: "is not ready", patienceAlone: 30 }
    : { ...of, container: container.name, reason: "has not started" };
}

/** Names a container of one pod, also where another pod has had its name. */
export const containerKey = (podUid = "", container = ""): string => `${podUid}/${container}`;

/** The exit code of a program that was ended by SIGKILL. */
const killed = 137;

type ContainerTrouble = Omit<Trouble, "pod" | "container">;

function diagnoseContainer(pod: V1Pod, container: V1ContainerStatus): ContainerTrouble | undefined {
  const now = container.state?.waiting;
  const known = waiting[now?.reason ?? ""];
  if (known !== undefined) {
    const message = now?.message ?? now?.reason ?? "";
    return { reason: `${known.what(container.image)}: ${message}`, patience: known.patience(message), previous: false };
  }
  if (now?.reason !== "CrashLoopBackOff") return undefined;
  const last = container.lastState?.terminated;
  const times = `${container.restartCount} restarts`;
  const memory = `needs more than its ${memoryLimit(pod, container.name)} of memory, ${times}`;
  if (last?.reason === "OOMKilled") return { reason: memory, patience: 0, previous: true };
  // The runtime does not always hear who has killed it.
  if (last?.exitCode === killed)
    return { reason: `was killed, perhaps because it ${memory}`, patience: 0, previous: true };
  const end = last?.signal ? `signal ${last.signal}` : `exit code ${last?.exitCode ?? "unknown"}`;
  return { reason: `ends again and again with ${end}, ${times}`, patience: 0, previous: true };
}

/** @param failure what the newest failed probe has said. */
function diagnoseProbe(
  { state, ready, started, restartCount }: V1ContainerStatus,
  failure: string | undefined,
): ContainerTrouble | undefined {
  if (failure === undefined || ready || state?.running === undefined) return undefined;
  // A program that answers, and says that there is no such thing, will say so again.
  if (/statuscode: 4\d\d/.test(failure)) return { reason: "never passes its probe", patience: 5, previous: false };
  // Kubernetes has ended it once already, for not starting in time.
  if (started !== true && restartCount > 0) {
    return { reason: `does not pass its probe in time, ${restartCount} restarts`, patience: 20, previous: false };
  }
  return undefined;
}

function memoryLimit(pod: V1Pod, name: string): string {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers.find((container) => container.name === name)?.resources?.limits?.["memory"] ?? "limit";
}
