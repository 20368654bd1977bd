import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { availableCapacity, fit } from "../provider/cluster/docker/capacity.ts";
import { Commands } from "../provider/processes/commands.ts";
import { unpause } from "../provider/cluster/docker/docker.ts";
import { startCluster } from "../provider/cluster/minikube/minikube.ts";
import { Database } from "./cluster-database.ts";
import type { DatabaseFacts } from "./dump.ts";
import { allowChanges, factsOf, refuseChanges, replaceBy, saveInto, tryOut } from "./dump.ts";
import { toolEnvironment } from "../machine/tool-environment.ts";
import { lookAtCluster } from "../state/access/own-cluster.ts";
import type { Place } from "../state/access/own-cluster.ts";

/** The data of a stack, in its database. */
export interface StoredData {
  /** What the database is, and what is in it. */
  facts: () => Promise<DatabaseFacts>;
  /** Lets the application change nothing any more. */
  refuseChanges: () => Promise<void>;
  /** Undoes that. */
  allowChanges: () => Promise<void>;
  /** Writes all data into a new backup, and gives its path. */
  save: () => Promise<string>;
  /** Restores a backup beside the data, and gives what is in it, in words. */
  tryOut: (file: string) => Promise<string>;
  /** Replaces all data by those of a backup, if that holds these contents. */
  replaceBy: (file: string, contents: string) => Promise<void>;
  /** Replaces the pods of the backend, which bring the schema up to date. */
  restartBackend: () => Promise<void>;
}

/**
 * How the data of a stack are opened: at once or not at all, once they can be reached, or after a cluster that is
 * stopped was started with the settings with which it was made.
 */
export type Opening = "now" | "soon" | "woken";

/** In milliseconds. A database that was not ended in order reads its log first. */
const patience = 180_000;

/** Opens the data in the cluster of a stack. @throws UserError when there are none that can be reached. */
export const openData = async (place: Place, how: Opening, say: (line: string) => void): Promise<StoredData> => {
  if (how === "woken") {
    await wakeCluster(new Commands(toolEnvironment(), AbortSignal.timeout(2 * patience)), place, say);
  }
  const database = how === "now" ? await Database.open(place.stack) : await openSoon(place.stack);
  return {
    facts: () => factsOf(database),
    refuseChanges: () => refuseChanges(database),
    allowChanges: () => allowChanges(database),
    save: () => saveInto(database, place.stack),
    tryOut: (file) => tryOut(database, file),
    replaceBy: (file, contents) => replaceBy(database, file, contents),
    restartBackend: () => database.restartBackend(),
  };
};

const openSoon = async (stack: string): Promise<Database> => {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await Database.open(stack);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(1000);
    }
  }
};

/** Starts the cluster of a stack if it is stopped: as it was made, whatever the settings say now. */
export const wakeCluster = async (commands: Commands, place: Place, say: (line: string) => void): Promise<void> => {
  const { life, settings, state, home, kubeconfig } = await lookAtCluster(commands, place);
  const { profile, driver } = settings;
  if (life === "paused" && driver === "docker") await unpause(commands, profile);
  const { made, kubernetes } = state;
  if (life !== "stopped" || made === undefined || kubernetes === undefined) return;
  say(`The cluster ${profile} is stopped. It is started with its old settings, so that its data can be saved.`);
  const size = fit(made, await availableCapacity(commands, driver), () => undefined);
  // From one with another address Minikube would drop the embedded certificates.
  rmSync(kubeconfig, { force: true });
  await startCluster(commands, { home, profile, kubeconfig }, { ...made, ...size, ...kubernetes }, () => undefined);
};
