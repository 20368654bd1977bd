import { join } from "node:path";
import { isReadyWithin } from "../provider/cluster/api-server.ts";
import { Commands } from "../provider/processes/commands.ts";
import { lookAtContainer } from "../provider/cluster/docker.ts";
import { silentVariable } from "../provider/processes/user-environment.ts";
import { toolEnvironment } from "../machine/environment.ts";
import type { Place } from "../state/access/own-cluster.ts";
import { knownSettings } from "../state/stack-files.ts";

/** How long an API server may take, in milliseconds, that is asked whether it is there. A running one takes a fiftieth of that. */
const patience = 1_000;

const quick = (): Commands => new Commands(toolEnvironment(), AbortSignal.timeout(10_000));

/**
 * The variables by which a preview of a cluster that does not answer takes no longer than one of a cluster that runs.
 *
 * Pulumi's Kubernetes plugin asks the API server as soon as it is configured, and waits for each answer: three seconds for a node
 * that is stopped, half a minute for one that is paused. A preview does without the answers. Only then is the plugin told to wait
 * the least that it can, a second: a busy API server may need more than that.
 */
export const variablesOfPreview = async (place: Place, commands: Commands = quick()): Promise<NodeJS.ProcessEnv> =>
  (await isSilent(place, commands)) ? { PULUMI_K8S_CLIENT_TIMEOUT: "1", [silentVariable]: "true" } : {};

const isSilent = async ({ folder, home, stack }: Place, commands: Commands): Promise<boolean> => {
  const { profile, driver } = knownSettings(folder, stack);
  // Docker knows at once of a stopped node what its network takes seconds to say.
  if (driver === "docker" && (await lookAtContainer(commands, profile)).state !== "running") return true;
  const kubeconfig = join(folder, ".state", `${profile}.kubeconfig`);
  return !(await isReadyWithin({ home, profile, kubeconfig }, patience));
};
