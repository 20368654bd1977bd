import { isDeepStrictEqual } from "node:util";
import type { V1Deployment, V1ReplicaSet } from "@kubernetes/client-node";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { ObjectRef, ReleasedObject, Snapshot } from "../diagnosis/snapshot.ts";
import { hashOf } from "./action.ts";
import type { Action } from "./action.ts";

const revision = "deployment.kubernetes.io/revision";
/** Says of a Deployment which released template it was rolled back from. */
const rolledBackFrom = "todo-stack/rolled-back-from";

/** Whether a Deployment was rolled back, by this server, from what is still the newest release. */
export const isRolledBack = (
  { deployments }: Pick<Snapshot, "deployments">,
  { kind, name }: ObjectRef,
  released: ReleasedObject,
): boolean => {
  const deployment = kind === "Deployment" ? deployments.find((each) => nameOf(each) === name) : undefined;
  const mark = deployment?.metadata?.annotations?.[rolledBackFrom];
  return mark !== undefined && mark === hashOf(templateOf(released));
};

/** Going back to the newest revision whose pods still serve, or undefined where none does. */
export const rollBack = (
  deployment: V1Deployment,
  released: ReleasedObject | undefined,
  { replicaSets }: Pick<Snapshot, "replicaSets">,
): Action | undefined => {
  const healthy = earlierSets(deployment, replicaSets).find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  return healthy === undefined ? undefined : goBackTo(healthy, deployment, released);
};

/** How long after a release what its program does is taken for the release's doing, in milliseconds. */
const young = 3_600_000;

/**
 * Going back to what ran before the newest revision, where that is not older than an hour: its pods were ready once, so
 * nothing of the one before serves any more. Undefined where nothing ran before.
 * @param at the time now, in ISO 8601.
 */
export const undoRelease = (
  deployment: V1Deployment,
  released: ReleasedObject | undefined,
  { replicaSets }: Pick<Snapshot, "replicaSets">,
  at: string,
): Action | undefined => {
  const own = replicaSets.filter((set) => isOwn(set, deployment));
  const current = own.find((set) => isCurrent(set, deployment));
  if (current === undefined) return undefined;
  const isSame = (set: V1ReplicaSet): boolean => isDeepStrictEqual(contentOf(set), contentOf(current));
  // A restart makes a new revision of what has run for long.
  const since = Math.min(...own.filter(isSame).map(madeAt));
  if (new Date(at).getTime() - since > young) return undefined;
  const before = earlierSets(deployment, replicaSets).find((set) => madeAt(set) < since && !isSame(set));
  return before === undefined ? undefined : goBackTo(before, deployment, released);
};

const madeAt = ({ metadata }: V1ReplicaSet): number => new Date(metadata?.creationTimestamp ?? 0).getTime();

/** What pods of a set are made of; a restart is no other content. */
const contentOf = ({ spec }: V1ReplicaSet): unknown => {
  const { "kubectl.kubernetes.io/restartedAt": _at, ...annotations } = spec?.template?.metadata?.annotations ?? {};
  return { annotations, spec: spec?.template?.spec };
};

/** The sets of a Deployment but for its current one, newest first. */
const earlierSets = (deployment: V1Deployment, replicaSets: V1ReplicaSet[]): V1ReplicaSet[] =>
  replicaSets
    .filter((set) => isOwn(set, deployment) && !isCurrent(set, deployment))
    .toSorted((one, other) => revisionOf(other) - revisionOf(one));

const goBackTo = (
  { spec }: V1ReplicaSet,
  deployment: V1Deployment,
  released: ReleasedObject | undefined,
): Action | undefined => {
  const template = spec?.template;
  if (template === undefined) return undefined;
  const { "pod-template-hash": _own, ...labels } = template.metadata?.labels ?? {};
  const path = `/metadata/annotations/${rolledBackFrom.replace("/", "~1")}`;
  const before = deployment.metadata?.annotations?.[rolledBackFrom];
  const mark = released === undefined ? [] : [{ path, before, after: hashOf(templateOf(released)) }];
  return {
    type: "roll-back",
    object: { kind: "Deployment", name: nameOf(deployment) },
    uid: deployment.metadata?.uid ?? "",
    edits: [
      {
        path: "/spec/template",
        before: deployment.spec?.template,
        after: { ...template, metadata: { ...template.metadata, labels } },
      },
      ...mark,
    ],
  };
};

const templateOf = (released: ReleasedObject): unknown =>
  (released.spec as { template?: unknown } | undefined)?.template;

const isOwn = ({ metadata }: V1ReplicaSet, deployment: V1Deployment): boolean =>
  metadata?.ownerReferences?.some(({ uid }) => uid === deployment.metadata?.uid) ?? false;

const isCurrent = (set: V1ReplicaSet, deployment: V1Deployment): boolean =>
  set.metadata?.annotations?.[revision] === deployment.metadata?.annotations?.[revision];

/** The number of a revision; 0 where none is written. */
export const revisionOf = ({ metadata }: V1ReplicaSet): number => Number(metadata?.annotations?.[revision] ?? 0);
