import { rmSync } from "node:fs";
import { Commands } from "../provider/processes/commands.ts";
import { isOurs, ownerOf, readMark } from "../provider/cluster/ownership.ts";
import { standingOf } from "../provider/data-loss/standing.ts";
import { removeCluster } from "../provider/resources/cluster/cluster-removal.ts";
import { toolEnvironment } from "../machine/tool-environment.ts";
import { ownTarget } from "../state/access/own-profile.ts";
import type { Place } from "../state/access/own-cluster.ts";
import { locksOn } from "../state/stack-locks.ts";
import { knownSettings, stackState } from "../state/stack-files.ts";

/**
 * Removes what is there of a cluster that a stack has begun, and of which its state knows nothing: a first start that
 * was cancelled removes nothing by itself, and Pulumi forgets it. A destroy deletes only what the state knows.
 * @throws UserError when something of it remains.
 */
export const removeBegunCluster = async (
  place: Place,
  commands: Commands = new Commands(toolEnvironment(), AbortSignal.timeout(300_000)),
): Promise<void> => {
  const { folder, home, stack } = place;
  const target = ownTarget(place);
  if (stackState(folder, stack)?.instance !== undefined || target === undefined) return;
  const mark = readMark(target);
  const owner = ownerOf(`urn:pulumi:${stack}`, folder);
  if (mark === undefined || !isOurs(mark, owner, "")) return;
  // Another command has begun it at this moment.
  if (locksOn(folder, stack).some(({ alive }) => alive !== false)) return;
  const cluster = { ...target, home, driver: knownSettings(folder, stack).driver, instance: mark.instance };
  const { is } = await standingOf(commands, cluster, owner);
  if (is === "there" || is === "volume" || is === "another's") return;
  console.error(
    `The state does not know the cluster ${target.profile}, which this stack has begun. What is there of it is removed.`,
  );
  await removeCluster(commands, engine, `urn:pulumi:${stack}`, cluster, owner);
  rmSync(target.kubeconfig, { force: true });
};

const say = (_urn: string, line: string): void => console.error(line);

const engine = { inform: say, warn: say, progress: () => undefined };
