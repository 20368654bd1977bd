import { componentOf } from "../diagnosis/containers.ts";
import { driftOf } from "../diagnosis/comparison.ts";
import type { Drift } from "../diagnosis/comparison.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, nameOf, workloadsOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, ReleasedObject, Snapshot, Workload } from "../diagnosis/snapshot.ts";
import type { Action, Edit, Refusal } from "./action.ts";
import { isRolledBack, rollBack, undoRelease } from "./roll-back.ts";
import { waitsInVain } from "./stuck-pods.ts";

/**
 * What is known of a finding where an action is chosen: a word of a closed list and the name of an object. No text at
 * all.
 */
export type Choice = Pick<Finding, "kind" | "object">;

/** What is known of the cluster there: what is wanted and what runs. No events and no logs. */
export type Specifications = Pick<
  Snapshot,
  | "released"
  | "deployments"
  | "statefulSets"
  | "replicaSets"
  | "services"
  | "networkPolicies"
  | "configMaps"
  | "autoscalers"
  | "readiness"
>;

/** More pods than this are never asked for. */
const mostPods = 6;

/** Chooses what to do about a finding. @param at the time that a restart is marked with, in ISO 8601. */
export const choose = ({ kind, object }: Choice, snapshot: Specifications, at: string): Action | Refusal => {
  const workload = workloadsOf(snapshot).find(
    ({ ref }) => ref.kind === object.kind && ref.name === object.name,
  )?.workload;
  if (kind !== "no-pod-ready" && isWorkload(object) && !isOfApplication(workload)) return notChanged(object, workload);
  switch (kind) {
    case "scaled-to-zero":
      return workload === undefined ? gone(object) : scale(object, workload, snapshot);
    case "image-missing":
    case "missing-reference":
    case "unschedulable":
    case "out-of-memory":
    case "crash-loop":
    case "failing-probe":
    case "wrong-answer":
    case "slow-answer":
      return workload === undefined ? gone(object) : repairTemplate(kind, object, workload, snapshot, at);
    case "database-refuses":
      // Its pod sets the password from the Secret when it starts.
      return workload === undefined ? gone(object) : restartDatabase(object, workload, snapshot, at);
    case "network-policy":
    case "service-misrouted":
    case "drift":
      return reApply(object, snapshot) ?? unknownObject(object);
    case "no-pod-ready":
      return {
        refused: "It is not known why, and a node that is lost is brought back by a person alone.",
        next: "kubectl get nodes, then: npm run doctor",
      };
    case "database-unreachable":
      return { refused: "Nothing in the closed set opens a way to a database.", next: "npm run doctor" };
    case "alert":
      return { refused: "An alert alone says of no cause.", next: "npm run doctor" };
    case "disk-full":
      return {
        refused: "Nothing in the closed set makes room on a disk.",
        next: "Free disk, or raise the limit in charts/todo/values.yaml, then: npx pulumi up",
      };
  }
};

const isWorkload = ({ kind }: ObjectRef): boolean => kind === "Deployment" || kind === "StatefulSet";

/** Whether it is one of the workloads that the accounts of the chart may change. They may make none. */
const isOfApplication = (workload: Workload | undefined): boolean =>
  ["backend", "frontend", "postgres"].includes((workload && componentOf(workload)) ?? "");

/** Findings after which a container is started again anyway. */
const hasEnded = new Set<Finding["kind"]>(["crash-loop", "out-of-memory"]);

/** Findings that a program may bring about long after its pod was ready. */
const ofPrograms = new Set<Finding["kind"]>(["wrong-answer", "slow-answer", "failing-probe", ...hasEnded]);

/** A pod that does not run as it is wanted: undo what somebody has edited, else go back, else try it once more. */
const repairTemplate = (
  kind: Finding["kind"],
  object: ObjectRef,
  workload: Workload,
  snapshot: Specifications,
  at: string,
): Action | Refusal => {
  const edited = driftIn(object, snapshot);
  if (edited?.fields.some(({ path }) => path[0] === "spec" && path[1] === "template"))
    return applying(edited, snapshot);
  // What it is to run is right again, and it does not begin with that.
  if (waitsInVain(workload)) return action("replace", object, workload, []);
  const deployment = snapshot.deployments.find((each) => object.kind === "Deployment" && nameOf(each) === object.name);
  const released = releasedOf(object, snapshot);
  const back = deployment === undefined ? undefined : rollBack(deployment, released, snapshot);
  if (back !== undefined) return back;
  const isOfProgram = deployment !== undefined && ofPrograms.has(kind);
  const undone = isOfProgram ? undoRelease(deployment, released, snapshot, at) : undefined;
  if (undone !== undefined) return undone;
  // A program that hangs or answers wrongly while it is as it was released. One that has ended was restarted already.
  if (isOfProgram && !hasEnded.has(kind)) return restart(object, workload, at);
  return {
    refused: `${display(object)} is as it was released, and no earlier revision of it runs to go back to.`,
    next: "Repair the release, then: npx pulumi up",
  };
};

const scale = (object: ObjectRef, workload: Workload, snapshot: Specifications): Action => {
  const autoscaler = snapshot.autoscalers.find(
    ({ spec }) => spec.scaleTargetRef.kind === object.kind && spec.scaleTargetRef.name === object.name,
  );
  const spec = releasedOf(object, snapshot)?.spec as { replicas?: number } | undefined;
  const wanted = autoscaler?.spec.minReplicas ?? spec?.replicas ?? 1;
  const after = Math.min(Math.max(wanted, 1), mostPods);
  return action("scale", object, workload, [{ path: "/spec/replicas", before: workload.spec?.replicas, after }]);
};

const restart = (object: ObjectRef, workload: Workload, at: string): Action => {
  const before = workload.spec?.template.metadata?.annotations;
  const after = { ...before, "kubectl.kubernetes.io/restartedAt": at };
  return action("restart", object, workload, [{ path: "/spec/template/metadata/annotations", before, after }]);
};

/** Of the database there is one pod: it may go only while nobody can use it anyway. */
const restartDatabase = (
  object: ObjectRef,
  workload: Workload,
  { readiness }: Specifications,
  at: string,
): Action | Refusal =>
  readiness.some(({ database }) => database === "ok")
    ? { refused: `${display(object)} is in use: a restart would take it away.`, next: "npm run status" }
    : restart(object, workload, at);

const reApply = (object: ObjectRef, snapshot: Specifications): Action | undefined => {
  const drift = driftIn(object, snapshot);
  return drift === undefined ? undefined : applying(drift, snapshot);
};

const applying = ({ object, released, missing, fields }: Drift, snapshot: Specifications): Action => {
  const { deployments, statefulSets, services, networkPolicies, configMaps } = snapshot;
  if (missing) {
    const edits = ["spec", "data"].filter((part) => part in released);
    const added = edits.map((part) => ({ path: `/${part}`, before: undefined, after: released[part] }));
    return { type: "re-apply", object, uid: undefined, edits: added, released };
  }
  const byKind: Record<string, { metadata?: { uid?: string; name?: string } }[]> = {
    Deployment: deployments,
    StatefulSet: statefulSets,
    Service: services,
    NetworkPolicy: networkPolicies,
    ConfigMap: configMaps,
  };
  const actual = byKind[object.kind]?.find((each) => nameOf(each) === object.name);
  const edits = fields.map(({ path, wanted, actual }) => ({ path: pointerOf(path), before: actual, after: wanted }));
  return { type: "re-apply", object, uid: actual?.metadata?.uid, edits, released };
};

/** As RFC 6901 writes it. */
const pointerOf = (path: string[]): string =>
  path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

const action = (
  type: "restart" | "scale" | "replace",
  object: ObjectRef,
  { metadata }: Workload,
  edits: Edit[],
): Action => ({
  type,
  object,
  uid: metadata?.uid ?? "",
  edits,
});

const driftIn = (object: ObjectRef, snapshot: Specifications): Drift | undefined =>
  driftOf(snapshot).find(
    (each) =>
      each.object.kind === object.kind &&
      each.object.name === object.name &&
      !isRolledBack(snapshot, object, each.released),
  );

const releasedOf = ({ kind, name }: ObjectRef, { released }: Specifications): ReleasedObject | undefined =>
  released?.objects.find((object) => object.kind === kind && object.metadata.name === name);

const gone = (object: ObjectRef): Refusal => ({ refused: `${display(object)} is gone.`, next: "npx pulumi up" });

const notChanged = (object: ObjectRef, workload: Workload | undefined): Refusal =>
  workload === undefined
    ? gone(object)
    : { refused: `${display(object)} is none of the workloads that may be changed here.`, next: "npx pulumi up" };

const unknownObject = (object: ObjectRef): Refusal => ({
  refused: `${display(object)} is as released, or was never released: there is nothing to put back, and nothing is deleted here.`,
  next: `Look at it: kubectl get ${object.kind.toLowerCase()} ${object.name} --output yaml`,
});
