import { dockerCapacity } from "../provider/docker.ts";
import { Commands } from "../provider/commands.ts";
import { toolEnvironment } from "./environment.ts";
import { ToolchainError } from "./errors.ts";
import { lookAtCluster } from "./own-cluster.ts";
import { checkout, minikubeHome } from "./paths.ts";
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
  await dockerCapacity(new Commands(toolEnvironment(), AbortSignal.timeout(60_000)));
};

/**
 * Makes sure that a stack which is to be removed has no cluster: no stack would know it any more.
 * @throws ToolchainError when it has one, or nobody can say.
 */
export const mustHaveNoCluster = async (stack: string, commands?: Commands): Promise<void> => {
  const place = { folder: checkout, home: minikubeHome, stack };
  const { life, settings } = await lookAtCluster(
    commands ?? new Commands(toolEnvironment(), AbortSignal.timeout(60_000)),
    place,
  );
  if (life === "missing" || life === "foreign") return;
  const what =
    life === "unknown"
      ? `Nobody can say whether the cluster ${settings.profile} of the stack ${stack} is still there.`
      : `The cluster ${settings.profile} of the stack ${stack} is still there, with all its data.`;
  throw new ToolchainError(
    `${what} Without the stack, nothing would know it any more.`,
    `Nothing was changed. To remove the cluster and its data first: npx pulumi destroy --stack ${stack}`,
  );
};
