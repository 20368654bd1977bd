import { join } from "node:path";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { Target } from "../../provider/cluster/minikube/minikube.ts";
import { isOurs, ownerOf, readMark } from "../../provider/cluster/ownership.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { typedFor } from "../../components/lib/typed-for.ts";
import type { Place } from "./own-cluster.ts";
import { knownSettings, stackState } from "../stack-files.ts";

/**
 * The cluster that a stack has by its state, or is to have by its settings as long as its state knows none.
 * @returns undefined when the profile of that name is not this stack's, such as that of another stack of this checkout.
 * @throws Error when the state cannot be read.
 */
export const ownTarget = ({ folder, home, stack }: Place): Target | undefined => {
  const state = stackState(folder, stack);
  const { profile } = knownSettings(folder, stack, state);
  const owner = ownerOf(`urn:pulumi:${stack}`, folder);
  if (!isOurs(readMark({ home, profile }), owner, state?.instance ?? "")) return undefined;
  return { home, profile, kubeconfig: join(folder, ".state", `${profile}.kubeconfig`) };
};

/**
 * Where the objects of a stack are: in its own cluster, in the namespace of its state, or of its settings as long as
 * that knows none.
 * @throws UserError when the cluster of that name is another stack's.
 */
export const ownNamespace = (place: Place): NamespaceRef & { home: string } => {
  const { folder, stack } = place;
  const target = ownTarget(place);
  if (target === undefined) {
    throw new UserError(
      `The stack ${stack} has no cluster of its own.`,
      `Type: ${typedFor(stack, "npm start")}. If you meant another stack, name it by: -- --stack NAME`,
    );
  }
  const { home, kubeconfig, profile } = target;
  return { kubeconfig, context: profile, home, namespace: knownSettings(folder, stack).namespace };
};
