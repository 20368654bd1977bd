import { toolEnvironment } from "../../machine/tool-environment.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { lookAtCluster } from "../../state/access/own-cluster.ts";
import type { Place } from "../../state/access/own-cluster.ts";
import { stackState } from "../../state/stack-files.ts";

/** In milliseconds. */
const patience = 60_000;

const quick = (): Commands => new Commands(toolEnvironment(), AbortSignal.timeout(patience));

/**
 * Why a stack is not brought up at the end of its development: what another command has removed or stopped meanwhile
 * stays so.
 * @returns a sentence, with what to type; undefined for a stack that runs, and for one of which nobody knows.
 */
export const whyAtRest = async (place: Place, commands: Commands = quick()): Promise<string | undefined> => {
  try {
    if (stackState(place.folder, place.stack)?.instance === undefined) {
      return `The stack ${place.stack} has no cluster, so it is not in development. To bring it up, type: npm start`;
    }
    const { life, settings } = await lookAtCluster(commands, place);
    if (life !== "stopped") return undefined;
    return `The cluster ${settings.profile} is stopped, and stays so. npm start starts it, and ends development.`;
  } catch {
    // Pulumi says of a state that cannot be read what to do.
    return undefined;
  }
};
