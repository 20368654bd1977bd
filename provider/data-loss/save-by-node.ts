import type { ContainerState } from "../cluster/docker/docker.ts";
import { posix } from "node:path";

/** How to save what a cluster holds. */
export interface Save {
  /** The pod that holds data. */
  pod: string;
  /** Its container in which the command runs. */
  container: string;
  /** A command that prints the data, without quotes. */
  dump: string;
  /** The file for them, relative to the checkout. */
  file: string;
  /** What a person types to get them from there into the next cluster. */
  restore: string;
}

/** Gets the pods to run in a node that does not. */
const wake = {
  running: () => "",
  paused: (profile: string) => `docker unpause ${profile}; `,
  stopped: (profile: string) => `docker start ${profile}; docker exec ${profile} systemctl start kubelet; sleep 90; `,
};

/**
 * How a person saves the data from a cluster to which no stack has a way any more: by Docker in its node, which asks
 * for no certificate.
 * @param save what the program says of them, if it does.
 * @returns a sentence to say first and one to say last, or nothing where Docker has no such node.
 */
export function saveByNode(
  profile: string,
  state: ContainerState,
  save: Save | undefined,
): { first: string; last: string } {
  if (state === "missing" || state === "unknown") return { first: "", last: "" };
  if (save === undefined) return { first: "Save its data first. ", last: "" };
  const { pod, container, dump, file, restore } = save;
  const inNode = `docker exec $(docker ps --quiet --filter name=k8s_${container}_${pod}) ${dump}`;
  const toFile = `umask 077; mkdir -p ${posix.dirname(file)}; docker exec ${profile} sh -c '${inNode}' > ${file}`;
  return { first: `Save its data first: ${wake[state](profile)}(${toFile}). `, last: `. Then: ${restore}` };
}
