import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { availableCapacity } from "../../cluster/docker/capacity.ts";
import type { CheckedInputs } from "./cluster.ts";
import { isWithheld, protectData } from "./cluster-guard.ts";
import type { Commands } from "../../processes/commands.ts";
import { removeVolume, thingsNamed } from "../../cluster/docker/docker.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { UserError } from "../../processes/errors.ts";
import { deleteCluster } from "../../cluster/minikube/minikube.ts";
import type { LossGuard } from "../../data-loss/loss.ts";
import type { Node } from "../../cluster/minikube/node.ts";
import { isOurs, ownerOf, profileFolder, readMark } from "../../cluster/ownership.ts";
import { standingOf } from "../../data-loss/standing.ts";
import { workersOf } from "../../cluster/minikube/worker-nodes.ts";

/**
 * Removes a cluster if it is this stack's, and makes sure that nothing of it remains.
 * @param urn of the cluster, which names the stack.
 * @param owner who asks, see {@link ownerOf}. By default the stack in the checkout in which this runs.
 * @throws UserError when Docker does not answer, or something remains.
 */
export async function removeCluster(
  commands: Commands,
  engine: Engine,
  urn: string,
  cluster: Node & { instance: string },
  owner = ownerOf(urn),
): Promise<void> {
  const { profile } = cluster;
  const inDocker = cluster.driver === "docker";
  if (inDocker) await availableCapacity(commands, cluster.driver);
  const standing = await standingOf(commands, cluster, owner);
  if (standing.is === "elsewhere") {
    // Minikube would remove what has its name in the current Docker engine, which is another cluster's.
    rmSync(profileFolder(cluster), { recursive: true, force: true });
    rmSync(join(cluster.home, "machines", profile), { recursive: true, force: true });
    return;
  }
  const machines = [profile, ...workersOf(cluster).map(({ machine }) => machine)];
  if (isOurs(readMark(cluster), owner, cluster.instance)) {
    await deleteCluster(commands, cluster, (line) => engine.progress(urn, line));
    if (inDocker) {
      for (const machine of machines) await removeVolume(commands, machine);
      // Of several nodes Minikube leaves it: it asks while further nodes are still connected.
      await commands.run("docker", ["network", "rm", profile]);
    }
  } else if (existsSync(profileFolder(cluster))) {
    // Nobody can say whose it is.
    if (standing.is === "another's" && readMark(cluster) === undefined) throw standing.error;
    engine.inform(urn, `Minikube profile ${profile} belongs to somebody else now and is left alone.`);
    return;
  }
  const remains = inDocker ? (await Promise.all(machines.map((name) => thingsNamed(commands, name)))).flat() : [];
  if (existsSync(profileFolder(cluster))) remains.push(`folder ${profileFolder(cluster)}`);
  if (remains.length > 0) {
    throw new UserError(
      `The cluster ${profile} is not completely removed. Left: ${remains.join(", ")}.`,
      `Remove that by hand if it is this stack's, for example: docker rm --force --volumes ${profile}; docker network rm ${profile}`,
    );
  }
}

/**
 * Removes what an earlier cluster of this stack has left, of which its state does not know.
 * @throws UserError when there is more than a rest, in which data may be.
 */
export async function removeRest(
  commands: Commands,
  engine: Engine,
  guard: LossGuard,
  urn: string,
  inputs: CheckedInputs,
): Promise<void> {
  const instance = readMark(inputs)?.instance ?? "";
  const standing = await standingOf(commands, { ...inputs, instance }, ownerOf(urn), guard.save);
  isWithheld(guard, urn, inputs, standing);
  if (standing.is === "there") {
    throw new UserError(
      `When this command began, it was not known whether the cluster ${inputs.profile} of this stack still exists. It does.`,
      "Nothing was changed. Type the same command again: it takes the cluster over, with its data.",
    );
  }
  await protectData(commands, guard, urn, inputs, standing);
  await removeCluster(commands, engine, urn, inputs);
}
