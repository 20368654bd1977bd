import { dockerCapacity } from "../provider/docker.ts";
import { Commands } from "../provider/commands.ts";
import { environment } from "./environment.ts";
import { checkout } from "./paths.ts";
import { plainSettings, stackState } from "./stack-files.ts";

/**
 * Makes sure that the cluster of a stack can be removed before anything is: the engine forgets what is in the cluster first, and
 * its secrets with it.
 * @param stack one whose state can be read.
 * @throws UserError when there is a cluster in Docker, and Docker does not answer.
 */
export const mustReachCluster = async (stack: string): Promise<void> => {
  if (stackState(checkout, stack)?.instance === undefined) return;
  if (plainSettings(checkout, stack).driver !== "docker") return;
  await dockerCapacity(new Commands(environment(), AbortSignal.timeout(60_000)));
};
