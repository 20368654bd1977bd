import { containersOf, firstOfEach, secondsSince } from "../diagnosis/containers.ts";
import type { ContainerView } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** Restarts that are no accident any more, all within {@link recently}. */
const often = 3;
const recently = 300;

/** A container that ends again and again. What ran out of memory has a finding of its own. */
export const crashLoop = (snapshot: Snapshot): Finding[] =>
  firstOfEach(containersOf(snapshot).filter((view) => isLooping(view, snapshot))).map(({ owner, podName, status }) => {
    const last = status.lastState?.terminated ?? status.state?.terminated;
    const exitCode = last?.exitCode ?? -1;
    const facts = { pod: podName, container: status.name, exitCode, restarts: status.restartCount };
    const summary = `${display(owner)} is in a crash loop: container ${status.name} ends with exit code ${exitCode}.`;
    return finding("crash-loop", owner, summary, facts);
  });

const isLooping = (view: ContainerView, snapshot: Snapshot): boolean => {
  const { state, lastState, restartCount } = view.status;
  const last = state?.terminated ?? lastState?.terminated;
  if (last === undefined || last.reason === "OOMKilled") return false;
  if (state?.waiting?.reason === "CrashLoopBackOff") return true;
  // Once is no loop, and after a node was started again everything has ended: its init containers run first.
  const isAgain = restartCount > 0 && !isInitializing(view);
  if (isAgain && state?.terminated !== undefined && state.terminated.exitCode !== 0) return true;
  return restartCount >= often && secondsSince(last.finishedAt, snapshot) < recently;
};

/** Whether an init container runs that the others wait for. */
const isInitializing = ({ pod, isInit }: ContainerView): boolean => {
  const sidecars = pod.spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  const names = new Set(sidecars.map(({ name }) => name));
  const statuses = pod.status?.initContainerStatuses ?? [];
  return !isInit && statuses.some(({ name, state }) => state?.running !== undefined && !names.has(name));
};
