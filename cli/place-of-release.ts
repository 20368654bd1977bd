import { checkout } from "../machine/paths.ts";
import type { NamespaceRef } from "../provider/cluster/kubernetes/kubernetes.ts";
import { isExisting, targetFacts } from "../pulumi/existing-target.ts";
import { ownNamespace } from "../state/access/own-profile.ts";
import { placeOf } from "../state/access/reach.ts";
import { knownSettings } from "../state/stack-files.ts";

/** The namespace in which a stack is released, of its own Minikube or of a cluster that was there before. */
export const placeOfRelease = (stack: string): NamespaceRef => {
  if (!isExisting(stack)) return ownNamespace(placeOf(stack));
  const { kubeconfig, context, clusterId } = targetFacts(checkout, stack);
  return { kubeconfig, context, clusterId, namespace: knownSettings(checkout, stack).namespace };
};
