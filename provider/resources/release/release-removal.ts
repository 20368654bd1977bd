import type { Commands } from "../../processes/commands.ts";
import { UserError } from "../../processes/errors.ts";
import { ifThere, Namespace } from "../../cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../cluster/kubernetes/kubernetes.ts";
import { revisionsOf } from "../../diagnosis/revisions.ts";

/** A release of a stack in a cluster that others use too. */
interface SharedRelease extends NamespaceRef {
  release: string;
  /** How the descriptions begin of revisions that this stack has made. */
  description: string;
}

/**
 * Makes sure that a release is not somebody else's, of whom the namespace may hold more.
 * @throws UserError when there is one of this name, and none of its revisions is this stack's.
 */
export async function mustBeOwnRelease({ release, description, ...ref }: SharedRelease): Promise<void> {
  const revisions = await Namespace.use(ref, (namespace) => revisionsOf(namespace, release));
  if (revisions.length === 0 || revisions.some((each) => each.description.startsWith(description))) return;
  throw new UserError(
    `There is a Helm release ${release} in the namespace ${ref.namespace} that this stack has not made.`,
    "Nothing was changed. Choose another namespace: npx pulumi config set namespace NAME",
  );
}

/**
 * Uninstalls a release with everything that it runs. The volume of a database stays, as Kubernetes keeps it.
 * @throws UserError with what Helm says.
 */
export async function uninstall(commands: Commands, ref: SharedRelease): Promise<void> {
  // This also asks the cluster for its id, which Helm does not.
  if (!(await Namespace.use(ref, isThere))) return;
  const { release, namespace, kubeconfig, context } = ref;
  const where = ["--namespace", namespace, "--kubeconfig", kubeconfig, "--kube-context", context];
  const { ok, reason } = await commands.run("helm", ["uninstall", release, "--ignore-not-found", "--wait", ...where]);
  if (ok) return;
  throw new UserError(
    `The release ${release} in the namespace ${namespace} cannot be uninstalled: ${reason}`,
    `See it: helm status ${release} ${where.join(" ")}. Then type the same command again.`,
  );
}

async function isThere(namespace: Namespace): Promise<boolean> {
  return (await ifThere(namespace.self())) !== undefined;
}
