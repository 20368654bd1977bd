import type { V1Pod } from "@kubernetes/client-node";
import { AwakeTime } from "./awake-time.ts";
import { diagnose, holdUp } from "./diagnosis.ts";
import type { FailedProbes, Trouble } from "./diagnosis.ts";
import { lastReadyOf, withNodesOnDemand } from "./on-demand.ts";
import type { Workload } from "./workloads.ts";

/** Why a release does not become healthy, as far as can be seen by now. */
export type Cause = Trouble | Refusal;

/** That no pod can be made. */
interface Refusal {
  /** Kind and name of the workload. */
  workload: string;
  reason: string;
  /** Seconds for which it may yet repair itself. */
  patience: number;
}

/**
 * What was wrong with a pod from before says little of what comes: the node may just have been started, or its image
 * been built again, and the pod waits for its turn. In seconds, since Kubernetes may take a minute and a half until it
 * tries.
 */
const patienceWithOldPods = 120;

/**
 * Everything that keeps a release from becoming healthy, with the patience that it deserves as things stand.
 * @param begin when this `up` began, in milliseconds since 1970: pods that were made earlier are from before.
 * @param nodesOnDemand whether the cluster may make a node for a pod that finds none.
 */
export function causesOf(
  workloads: Workload[],
  failedProbes: FailedProbes,
  begin: number,
  nodesOnDemand = false,
): Cause[] {
  const lastReady = lastReadyOf(workloads);
  const look = (pod: V1Pod): Trouble | undefined => {
    const cause = diagnose(pod, failedProbes) ?? holdUp(pod);
    return cause !== undefined && nodesOnDemand ? withNodesOnDemand(cause, pod, lastReady) : cause;
  };
  const all = workloads.map((workload) => causesOfOne(workload, look, begin));
  const isUnderWay = workloads.some(({ settled, leaving }, index) => leaving || (!settled && !all[index]?.some(waits)));
  return all.flat().map((cause) => {
    if (isUnderWay || !("patienceAlone" in cause)) return cause;
    return { ...cause, patience: cause.patienceAlone ?? cause.patience };
  });
}

function causesOfOne(
  { name, kind, settled, pods, refused }: Workload,
  look: (pod: V1Pod) => Trouble | undefined,
  begin: number,
): Cause[] {
  if (settled) return [];
  if (refused !== undefined) return [{ workload: `${kind} ${name}`, reason: `gets no pod: ${refused}`, patience: 10 }];
  return pods.flatMap((pod) => {
    const cause = look(pod);
    if (cause === undefined) return [];
    if (!isOld(pod, begin)) return [cause];
    const { patienceAlone: _none, ...old } = cause;
    return [{ ...old, patience: Math.max(cause.patience, patienceWithOldPods) }];
  });
}

const isOld = ({ metadata }: V1Pod, begin: number): boolean =>
  new Date(metadata?.creationTimestamp ?? NaN).getTime() < begin;

/** Whether nothing will come of it without something else. */
const waits = (cause: Cause): boolean => cause.patience < Infinity || "patienceAlone" in cause;

/** Whether it is a pod that may wait for a node until the time is up. */
export const waitsForNode = (cause: Cause): cause is Trouble =>
  "pod" in cause && cause.container === undefined && cause.patience === Infinity;

/** Keeps how long each cause has been there. */
export class Watch {
  readonly #time: AwakeTime;
  #since = new Map<string, number>();

  constructor(time = new AwakeTime()) {
    this.#time = time;
  }

  /** Takes down what is to be seen now. Gives the first cause that has been there for longer than it may. */
  look(causes: Cause[]): Cause | undefined {
    const now = this.#time.passed;
    this.#since = new Map(causes.map((cause) => [keyOf(cause), this.#since.get(keyOf(cause)) ?? now]));
    return causes.find((cause) => now - (this.#since.get(keyOf(cause)) ?? now) >= cause.patience * 1000);
  }
}

/** The words of a cause change while it lasts; what it deserves tells one from another. */
const keyOf = (cause: Cause): string =>
  "pod" in cause ? `${cause.pod}/${cause.container ?? ""}/${cause.patience}` : cause.workload;
