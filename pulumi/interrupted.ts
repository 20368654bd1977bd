import { rmSync } from "node:fs";
import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isReady } from "../provider/cluster/kubernetes/api-server.ts";
import { Namespace } from "../provider/cluster/kubernetes/kubernetes.ts";
import type { ContextRef } from "../provider/cluster/kubernetes/kubeconfig.ts";
import type { Target } from "../provider/cluster/minikube/minikube.ts";
import { forgetRevisions } from "../provider/diagnosis/revisions.ts";
import { messageOf, UserError } from "../provider/processes/errors.ts";
import { rememberHostName } from "../machine/host-names.ts";
import { isExisting, targetFacts } from "./existing-target.ts";
import { rewriteState } from "./rewritten-state.ts";
import { locksOn } from "../state/stack-locks.ts";
import type { Lock } from "../state/stack-locks.ts";
import { ownTarget } from "../state/access/own-profile.ts";
import { placeOf } from "../state/access/reach.ts";
import { checkout } from "../machine/paths.ts";
import { deploymentIn, stateFile } from "../state/stack-files.ts";

/** Something that Pulumi had begun and not ended when it was killed. */
export interface PendingOperation {
  type: string;
  resource: Resource;
}

/** As much of a resource as is used here. */
interface Resource {
  urn?: string;
  type: string;
  inputs?: Inputs;
}

/** As much of a resource's inputs as is used here. */
interface Inputs {
  name?: string;
  namespace?: string;
  metadata?: { name?: string; namespace?: string };
  profile?: string;
}

/** As much of Pulumi's state as is used here; the exported form has `deployment`, the file `checkpoint.latest`. */
interface Deployment {
  resources?: Resource[];
  pending_operations?: PendingOperation[];
}

/**
 * Clears away what a run of Pulumi that was killed has left in its state, so that the next one goes on: its lock, and
 * what it had begun to make, which would else be there already when it is made again.
 * @param isDestroy whether nothing is to be made again.
 * @throws UserError as {@link deploymentOf}.
 */
export const clearInterrupted = async (stack: string, isDestroy: boolean): Promise<void> => {
  const { pending_operations: pending = [] } = (await clearLock(stack)) ?? {};
  if (pending.length > 0) await clearPending(stack, pending, isDestroy);
};

/**
 * Takes away the lock of a run that was killed, and nothing else, for what needs no cluster.
 * @returns what Pulumi's state says of the stack; undefined when somebody is at work on it.
 * @throws UserError as {@link deploymentOf}.
 */
export const clearLock = async (stack: string): Promise<Deployment | undefined> => {
  rememberHostName();
  const locks = await settledLocks(stack);
  if (locks.some(({ alive }) => alive !== false)) return undefined;
  const deployment = deploymentOf(stack);
  for (const lock of locks) rmSync(lock.file, { force: true });
  if (locks.length > 0) console.error(`The previous run was killed. Its lock on stack ${stack} is removed.`);
  return deployment;
};

/** A process that was killed just now may take a moment until it is gone. */
const settledLocks = async (stack: string): Promise<Lock[]> => {
  for (let attempt = 1; ; attempt += 1) {
    const locks = locksOn(checkout, stack);
    if (attempt === 10 || !locks.some(({ alive }) => alive === true)) return locks;
    await sleep(200);
  }
};

/**
 * Reads what Pulumi's state says of a stack; nothing when there is no such stack.
 * @throws UserError when the state is damaged, saying how to put the one before back.
 */
export const deploymentOf = (stack: string): Deployment => {
  try {
    return deploymentIn(checkout, stack) ?? {};
  } catch (error) {
    const name = relative(checkout, stateFile(checkout, stack));
    throw new UserError(
      `The state of stack ${stack} is damaged: ${messageOf(error)}`,
      `Put the copy from before back: cp ${name}.bak ${name}. Or go on without: rm ${name}; npm start. ` +
        "The cluster and its data are then taken over as they are.",
      error,
    );
  }
};

const clearPending = async (stack: string, pending: PendingOperation[], isDestroy: boolean): Promise<void> => {
  console.error("The previous run was interrupted. What it left unfinished is removed.");
  if (isExisting(stack)) await removeHalfMadeIn(targetFacts(checkout, stack), pending);
  else {
    const cluster = ownTarget(placeOf(stack));
    if (cluster !== undefined) await removeHalfMade(cluster, pending);
  }
  await rewriteState(stack, ({ pending_operations: _done, resources = [], ...rest }: Deployment) => ({
    ...rest,
    resources: isDestroy ? withBegunClusters(resources, pending) : resources,
  }));
};

/**
 * The resources of a state, with a cluster that was begun as Pulumi knows one that is made. The next `up` finds it by
 * itself; a destroy deletes what is known. It takes the place of the one that it was to replace, which is gone already,
 * and which nobody would delete.
 */
export const withBegunClusters = (resources: Resource[], pending: PendingOperation[]): Resource[] => {
  const begun = pending
    .filter(({ type, resource }) => type === "creating" && resource.type === "minikube:index:Cluster")
    .map(({ resource }) => ({ ...resource, id: resource.inputs?.profile, outputs: resource.inputs }));
  const isNew = ({ urn }: Resource): boolean => !resources.some((each) => each.urn === urn);
  return [...resources.map((each) => begun.find(({ urn }) => urn === each.urn) ?? each), ...begun.filter(isNew)];
};

/**
 * Deletes in a cluster of ours what was begun to be made and would be refused if it were there: Secrets, and what Helm
 * keeps about a release. Everything else is found again.
 */
export const removeHalfMade = async (cluster: Target, pending: PendingOperation[]): Promise<void> => {
  const { kubeconfig, profile: context, home } = cluster;
  if (begunIn(pending).length > 0 && (await isReady(cluster))) {
    await removeBegun({ kubeconfig, context, home }, pending);
  }
};

/**
 * The same in an existing cluster.
 * @throws UserError when the cluster does not answer, or is not the one that is meant.
 */
export const removeHalfMadeIn = async (cluster: ContextRef, pending: PendingOperation[]): Promise<void> => {
  try {
    await removeBegun(cluster, pending);
  } catch (error) {
    const why = messageOf(error);
    throw new UserError(
      `What the previous run left unfinished cannot be removed from the cluster of context ${cluster.context}: ${why}`,
      "Pulumi's state was not changed. When the cluster answers, type the same command again.",
      error,
    );
  }
};

const removeBegun = async (cluster: ContextRef, pending: PendingOperation[]): Promise<void> => {
  for (const { type, inputs } of begunIn(pending)) {
    const { name, namespace } = { ...inputs?.metadata, ...inputs };
    if (name === undefined || namespace === undefined) continue;
    await Namespace.use({ ...cluster, namespace }, async (inside) => {
      if (type === "kubernetes:core/v1:Secret")
        await inside.deleteAll("v1", "secrets", { fieldSelector: `metadata.name=${name}` });
      if (type === "kubernetes:helm.sh/v3:Release") await forgetRevisions(inside, name);
    });
  }
};

/** What a run had begun to make in a namespace. */
const begunIn = (pending: PendingOperation[]): Resource[] =>
  pending
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource)
    .filter(({ type }) => /^kubernetes:(core\/v1:Secret|helm\.sh\/v3:Release)$/.test(type));
