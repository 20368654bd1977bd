import type { KubernetesObject } from "@kubernetes/client-node";
import { differences, fieldNames } from "../comparison.ts";
import { OperationError } from "../errors.ts";
import type { Cluster } from "../kubernetes/cluster.ts";
import { reasonOf } from "../kubernetes/status.ts";
import { display } from "../snapshot.ts";
import type { Action, Edit } from "./action.ts";

/**
 * Asks the server what would come of an action, and changes nothing. @throws OperationError when it would not be taken.
 */
export const tryOut = async (cluster: Cluster, action: Action): Promise<void> => {
  const result = await write(cluster, action, true);
  const left = action.released === undefined ? [] : fieldNames(differences(action.released, result));
  if (left.length === 0) return;
  const what = `${display(action.object)} would not be as released: ${left.slice(0, 5).join(", ")} stays.`;
  throw new OperationError(what, "npx pulumi up");
};

/** Does it. @throws OperationError when the object has changed since it was looked at, or the server refuses. */
export const carryOut = async (cluster: Cluster, action: Action): Promise<void> => {
  await write(cluster, action, false);
};

/** Puts back what was there before. An object that was not there stays: nothing is ever deleted. */
export const undo = async (cluster: Cluster, action: Action): Promise<boolean> => {
  if (action.uid === undefined || action.type === "restart" || action.edits.length === 0) return false;
  // The last first: what was taken out of a list comes back to its place.
  const back = action.edits.map(({ path, before, after }) => ({ path, before: after, after: before })).toReversed();
  await edit(cluster, action, back, false);
  return true;
};

const write = async (cluster: Cluster, action: Action, dryRun: boolean): Promise<KubernetesObject> => {
  try {
    if (action.uid !== undefined) return await edit(cluster, action, action.edits, dryRun);
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

const edit = async (cluster: Cluster, action: Action, edits: Edit[], dryRun: boolean): Promise<KubernetesObject> => {
  const { resourceVersion } = await current(cluster, action);
  const operations = [
    // Between this look and the change nobody else may have written.
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    ...edits.map(({ path, after }) =>
      after === undefined ? { op: "remove", path } : { op: "add", path, value: after },
    ),
  ];
  return await cluster.edit(action.object, operations, dryRun);
};

const current = async (cluster: Cluster, { object, uid }: Action): Promise<{ resourceVersion: string }> => {
  const { metadata } = await cluster.read(object);
  if (metadata?.uid !== uid)
    throw new OperationError(`${display(object)} is another one than was planned for.`, "diagnose");
  return { resourceVersion: metadata?.resourceVersion ?? "" };
};
