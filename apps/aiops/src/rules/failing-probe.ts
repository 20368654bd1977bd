import type { V1Container, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { containersOf, firstOfEach, secondsSince } from "../diagnosis/containers.ts";
import type { ContainerView } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** Seconds that a container may take before a probe that fails means something: to start, and once it has. */
const patience = { startup: 60, readiness: 20 };

/** Seconds for which a probe may have failed before its pod counted as not ready. */
const before = 30;

/** A container that runs and does not pass its probe. One that says itself that its database is away is not meant. */
export const failingProbe = (snapshot: Snapshot): Finding[] =>
  firstOfEach(containersOf(snapshot).filter((view) => isFailing(view, snapshot))).map(
    ({ owner, podName, status, spec }) => {
      const probe = status.started === true ? "readiness" : "startup";
      const facts = {
        pod: podName,
        container: status.name,
        probe,
        asks: targetOf(probe, spec),
        restarts: status.restartCount,
      };
      return finding("failing-probe", owner, `${display(owner)} does not pass its ${probe} probe.`, facts);
    },
  );

const isFailing = ({ pod, podName, status, isInit }: ContainerView, snapshot: Snapshot): boolean => {
  const limit = patience[status.started === true || status.restartCount > 0 ? "readiness" : "startup"];
  const seconds = secondsOfFailing(pod, status, snapshot);
  if (isInit || status.ready || seconds < limit) return false;
  const readiness = snapshot.readiness.find((each) => each.pod === podName);
  if (readiness?.database === "failed" || readiness?.database === "timed out") return false;
  return snapshot.events.some(
    ({ reason, involvedObject, lastTimestamp }) =>
      reason === "Unhealthy" &&
      involvedObject.uid === pod.metadata?.uid &&
      secondsSince(lastTimestamp, snapshot) <= seconds + before,
  );
};

/** For how long a container has run without passing: a pod that was ready long ago does not fail since then. */
const secondsOfFailing = ({ status }: V1Pod, { state, started }: V1ContainerStatus, snapshot: Snapshot): number => {
  const running = secondsSince(state?.running?.startedAt, snapshot);
  const condition = status?.conditions?.find((each) => each.type === "Ready" && each.status !== "True");
  return started === true && condition?.lastTransitionTime !== undefined
    ? Math.min(running, secondsSince(condition.lastTransitionTime, snapshot))
    : running;
};

const targetOf = (kind: "readiness" | "startup", spec: V1Container | undefined): string => {
  const probe = kind === "readiness" ? spec?.readinessProbe : spec?.startupProbe;
  if (probe?.httpGet !== undefined) return `GET ${String(probe.httpGet.port)}${probe.httpGet.path ?? "/"}`;
  return probe?.exec?.command?.join(" ") ?? "";
};
