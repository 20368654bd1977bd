import { componentOf } from "./containers.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { isReady, podsOf, workloadsOf } from "./snapshot.ts";
import type { ObjectRef, Snapshot } from "./snapshot.ts";

/** Whether a finding only says again, or follows from, what another one says, or what the database does. */
export const follows = (finding: Finding, all: Finding[], snapshot: Snapshot): boolean => {
  const others = all.filter((other) => other !== finding);
  switch (finding.kind) {
    case "drift":
      return others.some(({ object }) => object.kind === finding.object.kind && object.name === finding.object.name);
    case "database-refuses":
    case "database-unreachable":
      return others.some(
        ({ kind, object, facts }) =>
          // Policies only ever add up: one more shuts nothing that another one opens.
          (kind === "network-policy" && facts.foreign !== true) ||
          (kind === "service-misrouted" && object.name === finding.object.name),
      );
    case "crash-loop":
    case "failing-probe":
      return isOf("backend", finding.object, snapshot) && isDatabaseAway(snapshot);
    case "wrong-answer":
    case "slow-answer":
      // A database that may be away is waited for: it would be why.
      return isDatabaseAway(snapshot) || isDatabaseSuspected(snapshot) || others.some(explains);
    case "no-pod-ready":
      return others.some((other) => keepsFromReady(other, finding, snapshot));
    case "alert":
      return others.some(({ kind }) => kind !== "alert");
    default:
      return false;
  }
};

/**
 * Whether a finding can be why answers are wrong or late. What was, and what nobody released, explains nothing for
 * sure.
 */
const explains = ({ kind, facts }: Finding): boolean =>
  !["wrong-answer", "slow-answer", "alert", "disk-full"].includes(kind) && facts.foreign !== true;

/** The database needs nobody; who needs it waits for it, or ends. */
const needs: Record<string, string[]> = { backend: ["postgres"], frontend: ["backend", "postgres"] };

const onTheWay = new Set<FindingKind>([
  "network-policy",
  "service-misrouted",
  "database-refuses",
  "database-unreachable",
]);

/** Whether a finding says why no pod of a workload is ready: one about it, about what it needs, or about the way. */
const keepsFromReady = (other: Finding, { object }: Finding, snapshot: Snapshot): boolean => {
  if (other.object.kind === object.kind && other.object.name === object.name) {
    return !["wrong-answer", "slow-answer", "alert", "drift"].includes(other.kind);
  }
  const needed = Object.entries(needs).flatMap(([who, whom]) => (isOf(who, object, snapshot) ? whom : []));
  if (needed.some((component) => isOf(component, other.object, snapshot))) {
    return !["wrong-answer", "slow-answer", "alert", "disk-full", "drift"].includes(other.kind);
  }
  return needed.length > 0 && onTheWay.has(other.kind) && other.facts.foreign !== true;
};

/** Whether a database of the application's own is not there for anybody, as far as the cluster knows. */
const isDatabaseAway = (snapshot: Snapshot): boolean =>
  workloadsOf(snapshot).some(
    ({ workload }) => componentOf(workload) === "postgres" && !podsOf(workload, snapshot.pods).some(isReady),
  );

const isDatabaseSuspected = ({ readiness }: Snapshot): boolean => readiness.some(({ suspected }) => suspected === true);

const isOf = (component: string, { kind, name }: ObjectRef, snapshot: Snapshot): boolean =>
  workloadsOf(snapshot).some(
    ({ ref, workload }) => ref.kind === kind && ref.name === name && componentOf(workload) === component,
  );
