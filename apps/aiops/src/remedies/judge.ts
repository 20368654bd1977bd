import { componentOf } from "../diagnosis/containers.ts";
import { allFindings, causesIn } from "../diagnosis/all-findings.ts";
import type { Finding, FindingKind } from "../diagnosis/finding.ts";
import { display, isReady, isSettled, podsOf, restartsOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, Snapshot, Workload } from "../diagnosis/snapshot.ts";
import type { Action } from "./action.ts";
import type { Plan } from "./remedy-plan.ts";

/** What was wrong before a change. It is not held against the change. */
export interface Before {
  /** The ids of all findings, also of those that only follow from others. */
  findings: string[];
  /** The workloads that were not ready or had a finding, as `Deployment/todo-backend`. */
  workloads: string[];
}

/** What the cluster shows of a change. */
export interface Judgement {
  /** `open`: something else hides whether it helped. */
  state: "well" | "wrong" | "open";
  /** In a sentence. */
  why: string;
}

export const beforeOf = (snapshot: Snapshot): Before => {
  const findings = allFindings(snapshot);
  const workloads = workloadsOf(snapshot).filter(
    ({ ref, workload }) => isLate(workload, snapshot) || hasFinding(ref, findings),
  );
  return { findings: findings.map(({ id }) => id), workloads: workloads.map(({ ref }) => display(ref)) };
};

/** Judges a change by what was to be repaired, and by what became worse since. Nothing else counts. */
export const judge = ({ finding, action }: Plan, before: Before, snapshot: Snapshot): Judgement => {
  const all = allFindings(snapshot);
  const named = causesIn(all, snapshot);
  const same = all.find(({ id }) => id === finding);
  if (same !== undefined) {
    return { state: named.some(({ id }) => id === finding) ? "wrong" : "open", why: same.summary };
  }
  const worse = named.find((each) => !before.findings.includes(each.id) && canComeFrom(action, each));
  if (worse !== undefined) return { state: "wrong", why: worse.summary };
  const late = affected(action, before, snapshot).find(
    // What has a finding of its own is another matter.
    ({ ref, workload }) => !hasFinding(ref, all) && isLate(workload, snapshot),
  );
  if (late !== undefined) return { state: "wrong", why: `${display(late.ref)} is not ready.` };
  const others = named.filter(({ object }) => isSame(object, action.object)).map(({ summary }) => summary);
  const rest = others.length === 0 ? "" : ` Something else is wrong there: ${others.join(" ")}`;
  return {
    state: "well",
    why: `${finding} is gone, nothing that the change touches became worse, and no container was restarted since.${rest}`,
  };
};

/** How often the containers that a change can affect were started again. */
export const restartsBy = ({ action }: Plan, before: Before, snapshot: Snapshot): number =>
  restartsOf(affected(action, before, snapshot).flatMap(({ workload }) => podsOf(workload, snapshot.pods)));

/** What is seen elsewhere than where its cause is. */
const effects = new Set<FindingKind>(["wrong-answer", "slow-answer", "database-refuses", "database-unreachable"]);

/** Alerts lag behind, and whoever can send one could have a repair undone; an eviction was before. */
const past = new Set<FindingKind>(["alert", "disk-full"]);

/** Whether a change may be why something is wrong. Pods that are started make nothing worse than none. */
const canComeFrom = ({ type, object }: Action, { kind, object: about }: Finding): boolean =>
  type !== "scale" && !past.has(kind) && (effects.has(kind) || isSame(about, object));

const application = new Set(["frontend", "backend", "postgres"]);

/** The workload that was changed, and those of the application that were well before. */
const affected = ({ object }: Action, before: Before, snapshot: Snapshot): { ref: ObjectRef; workload: Workload }[] =>
  workloadsOf(snapshot).filter(
    ({ ref, workload }) =>
      isSame(ref, object) || (application.has(componentOf(workload) ?? "") && !before.workloads.includes(display(ref))),
  );

const isLate = (workload: Workload, { pods }: Snapshot): boolean =>
  !isSettled(workload) || !podsOf(workload, pods).some(isReady);

/** What is seen of a workload that is not ready, and no reason for it. */
const signs = new Set<FindingKind>(["no-pod-ready", "wrong-answer", "slow-answer", "drift"]);

/** Whether something is known that may keep a workload from being ready. */
const hasFinding = (ref: ObjectRef, findings: Finding[]): boolean =>
  findings.some(({ kind, object }) => !past.has(kind) && !signs.has(kind) && isSame(object, ref));

const isSame = (one: ObjectRef, other: ObjectRef): boolean => one.kind === other.kind && one.name === other.name;
