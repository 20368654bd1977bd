import { unpause } from "../provider/cluster/docker/docker.ts";
import { Commands } from "../provider/processes/commands.ts";
import { environment } from "../machine/tool-environment.ts";
import { UserError } from "../provider/processes/errors.ts";
import { lookAtCluster } from "../state/access/own-cluster.ts";
import type { Place } from "../state/access/own-cluster.ts";
import { placeOf } from "../state/access/reach.ts";
import { mustBeFree } from "../state/stack-locks.ts";
import { stackName } from "../state/stack.ts";

/** In milliseconds. The database ends in order before that. */
const patience = 300_000;

/** Stops the cluster of the stack, whose data stay. Returns the exit code. */
export const stop = async (): Promise<number> => {
  const commands = new Commands(environment(), AbortSignal.timeout(patience));
  console.log(await stopCluster(commands, placeOf(stackName())));
  return 0;
};

/**
 * Stops the cluster of a stack, and nothing that is not its own.
 * @returns how it is now, and what to type next.
 * @throws UserError when it cannot be stopped, is another stack's, or Pulumi is at work on it.
 */
export const stopCluster = async (commands: Commands, place: Place): Promise<string> => {
  const { stack, home } = place;
  mustBeFree(place.folder, stack, "Nothing was stopped.");
  const { life, settings, mark, kubeconfig } = await lookAtCluster(commands, place);
  const { profile } = settings;
  const next = "To go on, type: npm start. To remove it with all data: npm run destroy";
  switch (life) {
    case "missing":
      return `The stack ${stack} has no cluster. To make one, type: npm start`;
    case "stopped":
      return `The cluster ${profile} is stopped already, and its data are kept. ${next}`;
    case "foreign": {
      const what = `Minikube profile ${profile} belongs to ${mark?.owner ?? "somebody else"}.`;
      throw new UserError(what, "Nothing was stopped. To see whose cluster this stack has: npm run doctor");
    }
    case "elsewhere":
      throw new UserError(
        `The cluster ${profile} is in another Docker engine than the current one.`,
        "Make that one current: docker context ls, docker context use NAME. Then type: npm stop",
      );
    case "unknown":
      throw new UserError(
        `It is not known whether the cluster ${profile} runs.`,
        "Start Docker, then type: npm run status",
      );
    case "paused":
      await unpause(commands, profile);
      break;
    case "running":
      break;
  }
  // Its own kubeconfig, so that Minikube leaves the user's alone.
  const variables = { MINIKUBE_HOME: home, KUBECONFIG: kubeconfig };
  const { ok, reason } = await commands.run("minikube", ["stop", "-p", profile, "--keep-context-active"], variables);
  if (!ok) {
    throw new UserError(
      `The cluster ${profile} could not be stopped: ${reason}.`,
      `Its data are kept. To see how it is: npm run status. To stop it all the same: docker stop ${profile}`,
    );
  }
  return `The cluster ${profile} is stopped, and its data are kept. ${next}`;
};
