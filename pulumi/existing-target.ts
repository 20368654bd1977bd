import { join } from "node:path";
import process from "node:process";
import { variablesFor } from "../provider/processes/user-environment.ts";
import { copyContext } from "../state/access/copied-context.ts";
import { UserError } from "../provider/processes/errors.ts";
import { checkout, policyVariables, stateFolder } from "../machine/paths.ts";
import { deploymentIn, targetIn } from "../state/stack-files.ts";
import type { StackTarget } from "../state/stack-files.ts";

/** What a stack says of a cluster that is there already. */
export interface TargetFacts extends Omit<StackTarget, "target"> {
  /** Path of the copy of the context. */
  kubeconfig: string;
}

/** As much as is read of Pulumi's state. */
interface Deployment {
  resources?: { urn: string; type: string; protect?: boolean; inputs?: { clusterId?: string } }[];
}

/** The file with the copy of the context of a stack's cluster. */
const accessFile = (stack: string, state: string = stateFolder): string => join(state, `${stack}.cluster`);

/** What the settings of a stack say of its cluster, with the copy of its context made. */
export const targetFacts = (folder: string, stack: string): TargetFacts => {
  const settings = targetIn(folder, stack);
  const kubeconfig = accessFile(stack, join(folder, ".state"));
  copyContext(settings.context, kubeconfig);
  return { ...settings, kubeconfig };
};

/** Whether a stack runs in a cluster that is there already, and not in a Minikube of its own. */
export const isExisting = (stack: string, folder: string = checkout): boolean =>
  targetIn(folder, stack).target === "kubernetes";

/**
 * Makes ready what Pulumi needs for a stack in a cluster that is there already: the copy of its context, written anew
 * from the user's kubeconfig.
 * @returns variables for Pulumi: what programs read that sign in to clouds and registries; and the policies, to which
 * an `up` keeps too.
 * @throws UserError when the stack has another target in its state.
 */
export const makeReadyForExisting = (stack: string, user: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => {
  mustKeepTarget(stack, true);
  copyContext(targetIn(checkout, stack).context, accessFile(stack), user);
  return { ...variablesFor(user, "clouds"), ...policyVariables() };
};

/** @throws UserError when the settings of a stack name another target than the one in which its state knows it. */
export const mustKeepTarget = (stack: string, isExistingNow: boolean, folder: string = checkout): void => {
  const other = isExistingNow ? "minikube:index:Cluster" : "minikube:index:ExistingCluster";
  if (!resourcesOf(folder, stack).some(({ type }) => type === other)) return;
  const [was, now] = isExistingNow ? ["minikube", "kubernetes"] : ["kubernetes", "minikube"];
  throw new UserError(
    `The stack ${stack} is up with the target ${was}, and its setting is ${now} now. A stack never changes its target.`,
    `Nothing was changed. Type: npx pulumi config set target ${was}. For the other one make another stack: npx pulumi stack init NAME`,
  );
};

/**
 * Asks the cluster for its id before Pulumi works on what it knows of it. Its Kubernetes plugin asks for none, and
 * takes what another cluster does not have for gone. A cluster that does not answer is left to what the resources say.
 * @throws UserError when the context leads to another cluster than the one in which the stack is, or to one that may
 * not be asked.
 */
export const mustBeItsCluster = async (stack: string, folder: string = checkout): Promise<void> => {
  const { context, clusterId } = targetIn(folder, stack);
  const known = resourcesOf(folder, stack).find(({ type }) => type === "minikube:index:ExistingCluster");
  const wanted = known?.inputs?.clusterId ?? clusterId;
  if (wanted === "") return;
  // Loaded only when needed: Kubernetes' client is large.
  const { connectToExisting, IdForbidden, OtherCluster, refusalOf } =
    await import("../provider/cluster/kubernetes/existing-access.ts");
  try {
    const ref = { kubeconfig: accessFile(stack, join(folder, ".state")), context, clusterId: wanted };
    (await connectToExisting(ref)).agent.destroy();
  } catch (error) {
    if (error instanceof OtherCluster) throw refusalOf(error, context);
    if (error instanceof IdForbidden) throw unknownCluster(error, context);
  }
};

/** It answers, so what the stack has would be looked for in it, whichever it is. */
const unknownCluster = (error: Error & { next: string }, context: string): UserError =>
  new UserError(
    `It is not known whether context ${context} leads to this stack's cluster: ${error.message}.`,
    `Nothing was changed. ${error.next} See where the context leads: kubectl config view --context ${context} --minify`,
    error,
  );

/** @throws UserError when a stack has something that holds data and is protected, with what to type. */
export const mustBeUnprotected = (stack: string, folder: string = checkout): void => {
  const held = resourcesOf(folder, stack).find(
    ({ protect, type }) => protect === true && type === "minikube:index:Namespace",
  );
  if (held === undefined) return;
  throw new UserError(
    `The namespace of the stack ${stack} is protected, because its data would be lost.`,
    "Nothing was changed. Make a backup first: docs/production.md says how. " +
      `Then type: npx pulumi state unprotect '${held.urn}' --yes --stack ${stack}. Then the same command again.`,
  );
};

/** @throws UserError when a command works on a Minikube of a stack's own, and this stack has none. */
export const mustHaveMinikube = (command: string, stack: string, folder: string = checkout): void => {
  if (!isExisting(stack, folder)) return;
  const next = instead[command] ?? "npm run doctor";
  throw new UserError(
    `The stack ${stack} is in a cluster that others use too, and npm run ${command} works on a Minikube of a stack's own.`,
    `Nothing was changed. Type instead: ${next}${next.startsWith("npx pulumi") ? ` --stack ${stack}` : ""}`,
  );
};

/** What to type for a cluster of others. */
const instead: Record<string, string> = {
  start: "npx pulumi up",
  stop: "npx pulumi destroy",
  status: "npx pulumi stack output",
  scan: "npm run scan -- --stack dev, which builds images from the same files",
  sbom: "npm run sbom -- --stack dev, which builds images from the same files",
  rotate: "npx pulumi config set jwtSecretGeneration NUMBER, then npx pulumi up",
};

/** What the state knows; nothing where it cannot be read, which who makes Pulumi ready says, with what to type. */
const resourcesOf = (folder: string, stack: string): NonNullable<Deployment["resources"]> => {
  try {
    return (deploymentIn(folder, stack) as Deployment | undefined)?.resources ?? [];
  } catch {
    return [];
  }
};
