import { isReady } from "../kubernetes/api-server.ts";
import type { Commands } from "../../processes/commands.ts";
import { lookAtContainer, unpause } from "../docker/docker.ts";
import type { ContainerState } from "../docker/docker.ts";
import { machineState, renewKubeconfig } from "./minikube.ts";
import type { Target } from "./minikube.ts";

/** A node of Minikube: a container with the docker driver, else a virtual machine. */
export interface Node extends Target {
  driver: string;
}

/** How a node is, whatever runs in it. */
export async function nodeState(commands: Commands, node: Node): Promise<ContainerState> {
  if (node.driver !== "docker") return await machineState(commands, node);
  return (await lookAtContainer(commands, node.profile)).state;
}

/**
 * Gets a node that is there to answer without restarting anything in it: lets it run on when it is paused, and writes a
 * kubeconfig anew that does not lead to it.
 * @returns whether its API server is ready, by that kubeconfig.
 */
export async function wake(commands: Commands, node: Node): Promise<boolean> {
  const state = await nodeState(commands, node);
  if (state === "paused") await unpause(commands, node.profile);
  else if (state !== "running") return false;
  if (await isReady(node)) return true;
  await renewKubeconfig(commands, node);
  return await isReady(node);
}
