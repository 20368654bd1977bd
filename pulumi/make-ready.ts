import process from "node:process";
import { clearInterrupted, clearLock, deploymentOf } from "./interrupted.ts";
import { makeRoomForSecrets } from "./forgotten-secrets.ts";
import { setForeignAside, setStaleAside } from "../state/access/own-kubeconfig.ts";
import { mustTakeNothingAlong } from "../data/kept-backup.ts";
import { environment } from "../machine/tool-environment.ts";
import {
  isExisting,
  makeReadyForExisting,
  mustBeItsCluster,
  mustBeUnprotected,
  mustKeepTarget,
} from "./existing-target.ts";
import { mustHavePassphrase } from "../state/passphrase.ts";
import { checkout, stateFolder } from "../machine/paths.ts";
import { flagsOf, wordsOf } from "../provider/engine/pulumi-commands.ts";
import type { Effect } from "../provider/engine/pulumi-commands.ts";
import { mustHaveNoCluster, mustReachCluster, placeOf } from "../state/access/reach.ts";
import { mustOverwriteNoSettings } from "./rename.ts";
import { variablesOfPreview } from "./silent-cluster.ts";
import { homesOf, knownSettings, selectedStack } from "../state/stack-files.ts";
import { trimHistory } from "../state/state-history.ts";
import { mustTargetDependents } from "./targets.ts";

/** What Pulumi is to be run with. */
interface Ready {
  /** Variables of its environment. */
  variables: NodeJS.ProcessEnv;
  /** What to do when it has failed. */
  afterFailure: () => Promise<void>;
}

/**
 * Makes sure that Pulumi finds what it is to work on as it may: no kubeconfig of another cluster, a state that can be
 * read, no rest of a run that was killed, no destroy that could not end, and no stack to be removed while its cluster
 * is there. No stack is renamed or removed while its data are taken along, and none is renamed over settings.
 * @param args Pulumi's command line.
 * @param effect what that does.
 */
export const makeReady = async (args: string[], effect: Effect): Promise<Ready> => {
  if (effect === "removes the stack") {
    const named = wordsOf(args)[2]?.split("/").at(-1) ?? stackIn(args);
    if (named !== undefined) {
      await mustHaveNoCluster(placeOf(named));
      mustTakeNothingAlong(named, `To remove the stack without them: npx pulumi destroy --stack ${named}`);
    }
    return nothing;
  }
  if (effect === "renames the stack") {
    const named = stackIn(args);
    if (named !== undefined) {
      mustTakeNothingAlong(named, "Then rename the stack.");
      mustOverwriteNoSettings(args, named);
    }
    return nothing;
  }
  await setForeignAside(stateFolder, ...homesOf(checkout));
  const stack = stackIn(args);
  if (stack === undefined) return nothing;
  mustHavePassphrase(stack, environment());
  if (isExisting(stack)) return await readyForExisting(stack, effect, args);
  mustKeepTarget(stack, false);
  if (effect === "previews") {
    deploymentOf(stack);
    return { ...nothing, variables: await variablesOfPreview(placeOf(stack)) };
  }
  const isDestroy = effect === "destroys";
  if (isUp(args)) mustTargetDependents(stack, args);
  const { home } = placeOf(stack);
  await Promise.all([clearInterrupted(stack, isDestroy), setStaleAside(stateFolder, home, profileOf(stack))]);
  trimHistory(stateFolder, stack);
  if (isDestroy) await mustReachCluster(placeOf(stack));
  return { ...nothing, afterFailure: await roomForSecrets(stack, args) };
};

/** The profile of a stack. Who reads the state besides says why it cannot be read. */
const profileOf = (stack: string): string => {
  try {
    return knownSettings(checkout, stack).profile;
  } catch {
    return "";
  }
};

/** The same for a stack in a cluster that is there already: there is no Docker or Minikube to look at. */
const readyForExisting = async (stack: string, effect: Effect, args: string[]): Promise<Ready> => {
  const isDestroy = effect === "destroys";
  if (isDestroy) mustBeUnprotected(stack);
  const variables = makeReadyForExisting(stack);
  // What edits the state alone needs no cluster, and is what helps where that is gone for good.
  const isState = wordsOf(args)[0] === "state";
  if (isDestroy || (effect === "changes" && !isState)) await mustBeItsCluster(stack);
  if (effect === "previews") deploymentOf(stack);
  else if (isState) await clearLock(stack);
  else await clearInterrupted(stack, isDestroy);
  return { variables, afterFailure: await roomForSecrets(stack, args) };
};

/** Only what brings all of the stack up makes every Secret again that was removed before. */
const roomForSecrets = async (stack: string, args: string[]): Promise<Ready["afterFailure"]> =>
  isWhole(args) ? await makeRoomForSecrets(stack) : nothing.afterFailure;

const nothing: Ready = { variables: {}, afterFailure: () => Promise.resolve() };

/** Whether a command line of Pulumi is to bring all of the stack up, by either name of that command. */
export const isWhole = (args: string[]): boolean => isUp(args) && !isPart(args);

/** Whether a command line of Pulumi works on some resources alone, or only shows what it would do. */
export const isPart = (args: string[]): boolean =>
  flagsOf(args).some(({ name }) => /^(-t$|-x$|--target|--exclude|--preview-only|--plan)/.test(name));

const isUp = (args: string[]): boolean => ["up", "update"].includes(wordsOf(args)[0] ?? "");

/** The stack that Pulumi takes: the one on its command line, else that of the environment, else the selected one. */
export const stackIn = (args: string[]): string | undefined => {
  const named = flagsOf(args).findLast(({ name }) => name === "--stack" || name === "-s")?.value;
  // Pulumi takes a variable that is set to nothing for none.
  return (named ?? process.env["PULUMI_STACK"])?.split("/").at(-1) || selectedStack(checkout);
};
