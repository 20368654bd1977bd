import type { Cluster } from "./kubernetes-access.ts";
import type { Engine } from "../engine-messages.ts";

const advice =
  "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
  'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

/**
 * Decides what becomes of a resource whose cluster may be out of reach.
 * @param failure the error's first words.
 * @returns true when the resource is to be forgotten, false when the cluster answers.
 * @throws Error when the cluster does not answer and its resources are not to be forgotten.
 */
export async function isForgotten(cluster: Cluster, engine: Engine, urn: string, failure: string): Promise<boolean> {
  const reason = await cluster.unreachable();
  if (!reason) return false;
  await engine.log("warning", `configured Kubernetes cluster is unreachable: ${reason}`, urn);
  if (!cluster.forgetsUnreachable) throw new Error(`${failure}. ${advice}`);
  const consequence = "Deleting the unreachable resource from Pulumi state";
  await engine.log("info", `the \`deleteUnreachable\` option is enabled. ${consequence}`, urn);
  return true;
}
