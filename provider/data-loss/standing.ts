import { existsSync } from "node:fs";
import { join } from "node:path";
import { isReady } from "../cluster/kubernetes/api-server.ts";
import { readIfPossible } from "../processes/files.ts";
import type { Commands } from "../processes/commands.ts";
import { containerId, engineOf, fileInContainer, mustBeHere, thingsNamed } from "../cluster/docker/docker.ts";
import type { ContainerState, DockerEngine } from "../cluster/docker/docker.ts";
import { UserError } from "../processes/errors.ts";
import { agreementVariable } from "./loss.ts";
import { saveByNode } from "./save-by-node.ts";
import { minikubeToType } from "../cluster/minikube/minikube.ts";
import { nodeState } from "../cluster/minikube/node.ts";
import type { Node } from "../cluster/minikube/node.ts";
import type { Save } from "./save-by-node.ts";
import { holderOf, markPath, profileFolder, readMark } from "../cluster/ownership.ts";
import type { Mark } from "../cluster/ownership.ts";
import { canBeRepaired } from "../cluster/minikube/profile-copy.ts";

/** What there is of a cluster that the state knows. */
export type Standing =
  /** Nothing that could be lost. */
  | { is: "gone" }
  /** A first start of this stack that did not come to its end: nothing that is worth keeping. */
  | { is: "half-made" }
  /** The cluster; `unknown` when Docker cannot be asked. `isRenamed` when its engine has another ID by now. */
  | { is: "there"; state: Exclude<ContainerState, "missing">; mark?: Mark; isRenamed?: boolean }
  /** Its volume, with the data, and no node. */
  | { is: "volume"; mark: Mark }
  /** In another Docker engine than the current one. */
  | { is: "elsewhere"; mark: Mark; error: UserError }
  /** Something of which this stack cannot show that it is its own. */
  | { is: "another's"; error: UserError };

/** Names the data of a cluster, see `Loss.id`. */
export const idOfCluster = (profile: string, instance: string): string => `cluster/${profile}/${instance}`;

/**
 * Looks at a cluster that the state knows, and changes nothing.
 * @param owner who asks, see `ownerOf`.
 * @param save how a person saves what is in it, if the program says so.
 */
export async function standingOf(
  commands: Commands,
  cluster: Node & { instance: string },
  owner: string,
  save?: Save,
): Promise<Standing> {
  const mark = readMark(cluster);
  if (mark === undefined) return await withoutMark(commands, cluster, save);
  const holder = holderOf(mark, owner, cluster.instance);
  if (holder !== owner) return { is: "another's", error: belongsTo(cluster.profile, holder) };
  if (mark.made === undefined) {
    const there = await otherEngine(commands, cluster, mark);
    // What is begun there is not removed here, where the name may be another cluster's.
    return there === undefined
      ? { is: "half-made" }
      : { is: "elsewhere", mark, error: inOtherEngine(cluster.profile, mark, there.host) };
  }
  const state = await nodeState(commands, cluster);
  if (state === "missing") {
    return cluster.driver === "docker" ? await withoutContainer(commands, cluster, mark) : { is: "gone" };
  }
  const renamed = state === "unknown" ? undefined : await renamedEngine(commands, cluster, mark);
  if (renamed === undefined) return { is: "there", state, mark };
  if (await isItsContainer(commands, cluster, mark)) return { is: "there", state, mark, isRenamed: true };
  // A container of that name here is another cluster's.
  return { is: "elsewhere", mark, error: inOtherEngine(cluster.profile, mark, renamed.host) };
}

/**
 * The mark of a cluster that a stack has made, and that is there, although its state does not know it: the state was
 * lost, or put back from an older copy.
 * @param known the cluster that the state knows.
 */
export async function orphanOf(
  commands: Commands,
  cluster: Node,
  owner: string,
  known?: string,
): Promise<Mark | undefined> {
  const mark = readMark(cluster);
  if (mark?.made === undefined || mark.instance === known || mark.owner !== owner) return undefined;
  if (holderOf(mark, owner, "") !== owner) return undefined;
  const state = await nodeState(commands, cluster);
  if (state === "missing" || state === "unknown") return undefined;
  return (await otherEngine(commands, cluster, mark)) === undefined ? mark : undefined;
}

/** Whether nothing is wrong with a cluster that an update puts right. */
export async function isAsLeft(
  cluster: Node & { instance: string },
  standing: Standing,
  owner: string,
): Promise<boolean> {
  if (standing.is !== "there" || standing.state !== "running" || canBeRepaired(cluster)) return false;
  const { mark } = standing;
  // The stack was renamed or the checkout moved, Docker was upgraded, or the mark is from before something was written
  // down.
  if (mark?.owner !== owner || mark.instance !== cluster.instance) return false;
  if (standing.isRenamed === true) return false;
  if (cluster.driver === "docker" && (mark.engine === undefined || mark.container === undefined)) return false;
  return await isReady(cluster);
}

/** The current Docker engine, if it is another than the one in which a cluster was made. */
async function otherEngine(commands: Commands, cluster: Node, mark: Mark): Promise<DockerEngine | undefined> {
  const renamed = await renamedEngine(commands, cluster, mark);
  return renamed !== undefined && (await isItsContainer(commands, cluster, mark)) ? undefined : renamed;
}

/** The current Docker engine, if it has another ID: it is another one, or Docker was upgraded. */
async function renamedEngine(commands: Commands, { driver }: Node, mark: Mark): Promise<DockerEngine | undefined> {
  if (driver !== "docker" || mark.engine === undefined) return undefined;
  const engine = await engineOf(commands);
  return engine?.id === mark.engine.id ? undefined : engine;
}

/** Whether the container that has the name of a cluster is its own, and not another cluster's. */
async function isItsContainer(commands: Commands, { home, profile }: Node, { container }: Mark): Promise<boolean> {
  if (container !== undefined) return (await containerId(commands, profile)) === container;
  // A mark from before containers were written down. Minikube makes a key for each machine that it makes.
  const key = readIfPossible(join(home, "machines", profile, "id_rsa.pub"))?.trim() ?? "";
  return key !== "" && (await fileInContainer(commands, profile, "/home/docker/.ssh/authorized_keys")).includes(key);
}

/** The current Docker engine has no container for a cluster of this stack. */
async function withoutContainer(commands: Commands, { profile }: Node, mark: Mark): Promise<Standing> {
  const here = await mustBeHere(commands).catch((error: unknown) => error);
  if (here instanceof UserError) return { is: "elsewhere", mark, error: here };
  const engine = await engineOf(commands);
  if (engine === undefined) return { is: "there", state: "unknown", mark };
  if (mark.engine !== undefined && mark.engine.id !== engine.id) {
    return { is: "elsewhere", mark, error: inOtherEngine(profile, mark, engine.host) };
  }
  return (await thingsNamed(commands, profile)).some((thing) => thing.startsWith("volume"))
    ? { is: "volume", mark }
    : { is: "gone" };
}

async function withoutMark(commands: Commands, cluster: Node, how: Save | undefined): Promise<Standing> {
  const { profile, driver } = cluster;
  const state = driver === "docker" ? await nodeState(commands, cluster) : "missing";
  const save = saveByNode(profile, state, how);
  if (existsSync(profileFolder(cluster))) {
    const error = new UserError(
      `It is not known which stack owns Minikube profile ${profile}: ${markPath(cluster)} is missing or cannot be read.`,
      `Nothing was changed. Put that file back if you have a copy of it. If you have none: ${save.first}` +
        `This removes the cluster with all data in it: ${minikubeToType(cluster, "delete")}${save.last}`,
    );
    return { is: "another's", error };
  }
  if (state === "missing") return { is: "gone" };
  if (state === "unknown") return { is: "there", state };
  const error = new UserError(
    `Docker has a container ${profile}, but Minikube has no profile ${profile} in ${cluster.home} that says which stack owns it.`,
    `Nothing was changed. If it is this stack's: ${save.first}This removes it with all data in it: ` +
      `docker rm --force --volumes ${profile}; docker volume rm --force ${profile}; docker network rm ${profile}${save.last}`,
  );
  return { is: "another's", error };
}

function belongsTo(profile: string, holder: string): UserError {
  return new UserError(
    `Minikube profile ${profile} belongs to ${holder}.`,
    "Nothing was changed. Work with that stack. Or give this one a cluster of its own, which leaves that one alone: " +
      "npx pulumi destroy, then npx pulumi config set profile NAME",
  );
}

function inOtherEngine(profile: string, { instance, engine }: Mark, here: string): UserError {
  const there = engine?.host ?? "";
  const places =
    there === here
      ? `in another Docker engine than the one that is at ${here} now`
      : `in the Docker engine at ${there}; the current one is at ${here}`;
  return new UserError(
    `The cluster ${profile} of this stack is ${places}.`,
    "Nothing was changed. Make that engine current again: docker context ls, then docker context use NAME, or set DOCKER_HOST. " +
      `To give up that cluster with all data in it: set ${agreementVariable}=${idOfCluster(profile, instance)}`,
  );
}
