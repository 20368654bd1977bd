import { join } from "node:path";
import { databaseContents } from "../components/lib/database-contents.ts";
import { Commands } from "../provider/processes/commands.ts";
import { contentsOf } from "../provider/data-loss/contents.ts";
import { confirmed } from "../data/confirm.ts";
import { environment } from "../machine/tool-environment.ts";
import { isExisting, mustBeUnprotected } from "../pulumi/existing-target.ts";
import { waitingToBePutBack } from "../data/kept-backup.ts";
import { lookAtCluster } from "../state/access/own-cluster.ts";
import type { Place } from "../state/access/own-cluster.ts";
import { placeOf } from "../state/access/reach.ts";
import { pulumi } from "../pulumi/shim.ts";
import { stackName } from "../state/stack.ts";

/**
 * Removes the stack's cluster with everything in it, after a question that says what goes.
 * @param sure true to do it without a question.
 * @returns the exit code.
 */
export const destroy = async (sure: boolean): Promise<number> => {
  const stack = stackName();
  if (isExisting(stack)) {
    mustBeUnprotected(stack);
    const what = `All of the stack ${stack} will be removed from the cluster of its context, its namespace with all data if it has made that.`;
    if (!sure && !(await confirmed(what))) return 1;
  } else if (!sure) {
    const commands = new Commands(environment(), AbortSignal.timeout(60_000));
    const what = await whatGoes(commands, placeOf(stack));
    if (!(await confirmed(what))) return 1;
  }
  return await pulumi(["destroy", "--yes", "--skip-preview", "--stack", stack]);
};

/** What a destroy of a stack takes away, in sentences. */
export const whatGoes = async (commands: Commands, place: Place): Promise<string> => {
  const { life, settings, kubeconfig } = await lookAtCluster(commands, place);
  const { profile } = settings;
  const waiting = waitingToBePutBack(place.stack, join(place.folder, ".state"));
  if (life === "missing" || life === "foreign") {
    return `The stack ${place.stack} has no cluster; what its state holds, such as its secrets, will be removed.${waiting}`;
  }
  const cluster = { home: place.home, profile, kubeconfig };
  const inside = await contentsOf(commands, cluster, undefined, databaseContents(place.stack));
  return `The cluster ${profile} of the stack ${place.stack} will be removed with all data in it. ${inside}${waiting}`;
};
