import type { KubernetesObject } from "@kubernetes/client-node";
import { differences, fieldNames, isAsWritten, objectIn } from "../diagnosis/comparison.ts";
import { OperationError } from "../operation-error.ts";
import type { Cluster } from "../kubernetes/cluster-reads.ts";
import { reasonOf } from "../kubernetes/refusal.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import type { Action, Edit } from "./action.ts";

/**
 * Asks the server what would come of an action, and changes nothing.
 * @param look what the action was chosen by.
 * @throws OperationError when it would not be taken.
 */
export const tryOut = async (cluster: Cluster, action: Action, look: Snapshot): Promise<void> => {
  const result = await write(cluster, action, look, true);
  const left = action.released === undefined ? [] : fieldNames(differences(action.released, result));
  if (left.length === 0) return;
  const what = `${display(action.object)} would not be as released: ${left.slice(0, 5).join(", ")} stays.`;
  throw new OperationError(what, "npx pulumi up");
};

/**
 * Does it.
 * @param look as for {@link tryOut}.
 * @returns the generation of the object since; undefined where the API counts none.
 * @throws OperationError when the object has changed since it was looked at, or the server refuses.
 */
export const carryOut = async (cluster: Cluster, action: Action, look: Snapshot): Promise<number | undefined> =>
  (await write(cluster, action, look, false)).metadata?.generation;

/**
 * Puts back what was there before, unless somebody else has written since: `changed`. An object that was not there
 * stays, as nothing is ever deleted, and so do pods that were brought back, as none help nobody: `kept`.
 * @param generation of the object since the action.
 */
export const undo = async (
  cluster: Cluster,
  action: Action,
  generation: number | undefined,
): Promise<"undone" | "changed" | "kept"> => {
  const { type, uid, edits } = action;
  if (uid === undefined || type === "restart" || type === "scale" || edits.length === 0) return "kept";
  const object = await cluster.read(action.object);
  if (isChanged(object, action, generation)) return "changed";
  // The last first: what was taken out of a list comes back to its place.
  const back = edits.map(({ path, before, after }) => ({ path, before: after, after: before })).toReversed();
  await edit(cluster, action, back, object, false);
  return "undone";
};

/** By the generation, which counts what is wanted of an object, or by the fields where there is none. */
const isChanged = (object: KubernetesObject, { uid, edits }: Action, generation: number | undefined): boolean => {
  const { metadata } = object;
  if (metadata?.uid !== uid) return true;
  if (generation !== undefined && metadata?.generation !== undefined) return metadata.generation !== generation;
  return edits.some(({ path, after }) => !isAsWritten(after, valueAt(object, path)));
};

/** What stands at a JSON pointer. */
const valueAt = (object: object, pointer: string): unknown =>
  pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], object);

const write = async (cluster: Cluster, action: Action, look: Snapshot, dryRun: boolean): Promise<KubernetesObject> => {
  try {
    if (action.uid !== undefined) {
      return await edit(cluster, action, action.edits, await current(cluster, action, look), dryRun);
    }
    return await cluster.apply(action.object, action.released ?? {}, dryRun);
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw new OperationError(
      `${display(action.object)} was not changed: ${reasonOf(error)}.`,
      "plan_remediation",
      error,
    );
  }
};

const edit = async (
  cluster: Cluster,
  { object }: Action,
  edits: Edit[],
  { metadata }: KubernetesObject,
  dryRun: boolean,
): Promise<KubernetesObject> => {
  const operations = [
    // Between the look and the change nobody else may have written.
    { op: "test", path: "/metadata/resourceVersion", value: metadata?.resourceVersion ?? "" },
    ...edits.map(({ path, after }) =>
      after === undefined ? { op: "remove", path } : { op: "add", path, value: after },
    ),
  ];
  return await cluster.edit(object, operations, dryRun);
};

/** The object as it is now, which is the one of the look: what is wanted of it has not changed since. */
const current = async (cluster: Cluster, { object, uid }: Action, look: Snapshot): Promise<KubernetesObject> => {
  const found = await cluster.read(object);
  if (found.metadata?.uid !== uid)
    throw new OperationError(`${display(object)} is another one than was planned for.`, "diagnose");
  if (versionOf(found) !== versionOf(objectIn(object, look)))
    throw new OperationError(`${display(object)} has changed since it was looked at: nothing was done.`, "diagnose");
  return found;
};

/** By the generation where there is one: a status is written all the time, and says nothing of what is wanted. */
const versionOf = (object: KubernetesObject | undefined): number | string | undefined =>
  object?.metadata?.generation ?? object?.metadata?.resourceVersion;
