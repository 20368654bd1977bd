import process from "node:process";
import { clearInterrupted, deploymentOf } from "./interrupted.ts";
import { setForeignAside } from "./own-kubeconfig.ts";
import { checkout, minikubeHome, stateFolder } from "./paths.ts";
import { mustReachCluster } from "./reach.ts";
import { selectedStack } from "./stack-files.ts";

/**
 * Makes sure that Pulumi finds what it is to work on as it may: no kubeconfig of another cluster, a state that can be read,
 * no rest of a run that was killed, and no destroy that could not end.
 * @param args Pulumi's command line.
 * @param isPreview whether it changes nothing.
 */
export const makeReady = async (args: string[], isPreview: boolean): Promise<void> => {
  await setForeignAside(stateFolder, minikubeHome);
  const stack = stackIn(args) ?? process.env["PULUMI_STACK"] ?? selectedStack(checkout);
  if (stack === undefined) return;
  if (isPreview) {
    deploymentOf(stack);
    return;
  }
  const isDestroy = args.includes("destroy");
  await clearInterrupted(stack, isDestroy);
  if (isDestroy) await mustReachCluster(stack);
};

const stackIn = (args: string[]): string | undefined => {
  const at = args.findIndex((word) => word === "--stack" || word === "-s");
  const joined = args.find((word) => word.startsWith("--stack="));
  return at === -1 ? joined?.slice("--stack=".length) : args[at + 1];
};
