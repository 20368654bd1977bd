import { join } from "node:path";
import { isReadyWithin } from "../provider/cluster/kubernetes/api-server.ts";
import { Commands } from "../provider/processes/commands.ts";
import { lookAtContainer } from "../provider/cluster/docker/docker.ts";
import { silentVariable } from "../provider/processes/user-environment.ts";
import { environment, toolEnvironment } from "../machine/tool-environment.ts";
import type { Place } from "../state/access/own-cluster.ts";
import { knownSettings } from "../state/stack-files.ts";

/**
 * How long an API server may take, in milliseconds, that is asked whether it is there. A running one takes a fiftieth
 * of that.
 */
const patience = 1_000;

const quick = (): Commands => new Commands(toolEnvironment(), AbortSignal.timeout(10_000));

/**
 * The variables by which a preview of a cluster that does not answer takes no longer than one of a cluster that runs. A
 * preview does without the answers. Only then is Pulumi's Kubernetes plugin kept from waiting for them: a busy API
 * server may need its time.
 * @param env the environment in which Pulumi is to run, whose proxies hold for all else.
 */
export const variablesOfPreview = async (
  place: Place,
  env: NodeJS.ProcessEnv = environment(),
  commands: Commands = quick(),
): Promise<NodeJS.ProcessEnv> =>
  (await isSilent(place, commands)) ? { ...impatient(env), [silentVariable]: "true" } : {};

/**
 * The plugin asks the API server twice as soon as it is configured, and waits for each answer: three seconds for a node
 * that is stopped, half a minute for one that is paused, and a second at least. So it is sent to a proxy that nobody
 * runs, which refuses at once. Like all programs in Go it goes by the capital names
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy#FromEnvironment). The stack's own provider and all that is
 * written in JavaScript go by the small ones, which stay. What is on this machine is asked without a proxy by all, an
 * API server too, hence the second.
 */
const impatient = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PULUMI_K8S_CLIENT_TIMEOUT: "1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  https_proxy: env["https_proxy"] || env["HTTPS_PROXY"] || "",
  NO_PROXY: "localhost,127.0.0.1,::1",
  no_proxy: env["no_proxy"] || env["NO_PROXY"] || "",
});

const isSilent = async ({ folder, home, stack }: Place, commands: Commands): Promise<boolean> => {
  const { profile, driver } = knownSettings(folder, stack);
  // Docker knows at once of a stopped node what its network takes seconds to say.
  if (driver === "docker" && (await lookAtContainer(commands, profile)).state !== "running") return true;
  const kubeconfig = join(folder, ".state", `${profile}.kubeconfig`);
  return !(await isReadyWithin({ home, profile, kubeconfig }, patience));
};
