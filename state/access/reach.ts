import process from "node:process";
import { dockerCapacity, thingsNamed } from "../../provider/cluster/docker/docker.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { agreementVariable } from "../../provider/data-loss/loss.ts";
import { idOfCluster } from "../../provider/data-loss/standing.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { typedFor } from "../../components/lib/typed-for.ts";
import { ownTarget } from "./own-profile.ts";
import { lookAtCluster } from "./own-cluster.ts";
import type { OwnCluster, Place } from "./own-cluster.ts";
import { checkout } from "../../machine/paths.ts";
import { homeOf, knownSettings, stackState } from "../stack-files.ts";

const patient = (): Commands => new Commands(toolEnvironment(), AbortSignal.timeout(60_000));

/** Where a stack of this checkout is. */
export const placeOf = (stack: string): Place => ({
  folder: checkout,
  home: homeOf(checkout, stack),
  stack,
});

/**
 * Makes sure that the cluster of a stack can be removed before anything is: the engine forgets what is in the cluster
 * first, and its secrets with it.
 * @param place of a stack whose state can be read.
 * @throws UserError when there is a cluster in Docker, and Docker does not answer.
 * @throws UserError when the state has forgotten a cluster that this stack has made.
 * @throws UserError when nobody can say whose it is, or it is in another Docker engine, unless a person has agreed to
 * give it up.
 */
export const mustReachCluster = async (place: Place, commands: Commands = patient()): Promise<void> => {
  const state = stackState(place.folder, place.stack);
  const { driver } = knownSettings(place.folder, place.stack, state);
  const isKnown = state?.instance !== undefined;
  if (isKnown ? driver !== "docker" : ownTarget(place) === undefined) return;
  if (driver === "docker") await dockerCapacity(commands);
  const cluster = await lookAtCluster(commands, place);
  if (!isKnown) mustNotBeForgotten(cluster, place);
  const { life, settings, mark } = cluster;
  if (await mayBeOwn(commands, cluster)) {
    throw new UserError(
      `It is not known whether the cluster ${settings.profile} still belongs to the stack ${place.stack}.`,
      "Nothing was changed. To see why, and how to go on, type: npx pulumi preview",
    );
  }
  if (life !== "elsewhere") return;
  const id = idOfCluster(settings.profile, mark?.instance ?? "");
  if ((process.env[agreementVariable] ?? "").split(/[\s,]+/).includes(id)) return;
  throw new UserError(
    `The cluster ${settings.profile} of the stack ${place.stack} is in another Docker engine than the current one.`,
    "Nothing was changed. Make that one current: docker context ls, docker context use NAME. To give up the cluster: set " +
      `${agreementVariable}=${id}`,
  );
};

/** A destroy would report that all is removed, and leave a cluster that its state has forgotten. */
const mustNotBeForgotten = (
  { life, isVolumeAlone, settings: { profile }, mark }: OwnCluster,
  { stack }: Place,
): void => {
  if (mark?.made === undefined || life === "elsewhere" || life === "foreign") return;
  if (life === "missing" && !isVolumeAlone) return;
  throw new UserError(
    `The state of the stack ${stack} does not know its cluster ${profile}, ${isVolumeAlone ? "of which the volume is there" : "which is there"}, with all its data.`,
    isVolumeAlone
      ? `Nothing was changed. If nobody needs these data, type: docker volume rm ${profile}. Then the same command again.`
      : `Nothing was changed. Type: ${typedFor(stack, "npm start")}, which takes it over. Then: ${typedFor(stack, "npm run destroy")}`,
  );
};

/**
 * Whether there is something of the name of a cluster that the stack's state knows, and no profile says whose it is.
 */
const mayBeOwn = async (commands: Commands, { life, settings, state, mark }: OwnCluster): Promise<boolean> => {
  if (state.instance === undefined || mark !== undefined) return false;
  if (life === "foreign") return true;
  if (life !== "missing" || settings.driver !== "docker") return false;
  // A network holds nothing that could be lost.
  return (await thingsNamed(commands, settings.profile)).some((thing) => !thing.startsWith("network"));
};

/**
 * Makes sure that a stack which is to be removed has no cluster: no stack would know it any more.
 * @throws UserError when it has one, or nobody can say.
 */
export const mustHaveNoCluster = async (place: Place, commands: Commands = patient()): Promise<void> => {
  const cluster = await lookAtCluster(commands, place);
  const { life, isVolumeAlone, settings } = cluster;
  const isUnclaimed = await mayBeOwn(commands, cluster);
  if (!isUnclaimed && ((life === "missing" && !isVolumeAlone) || life === "foreign")) return;
  const what =
    life === "unknown" || isUnclaimed
      ? `It is not known whether the cluster ${settings.profile} of the stack ${place.stack} is still there.`
      : `The cluster ${settings.profile} of the stack ${place.stack} is still there, with all its data.`;
  throw new UserError(
    `${what} Without the stack, nothing would know it any more.`,
    `Nothing was changed. To remove the cluster and its data first: npx pulumi destroy --stack ${place.stack}`,
  );
};
