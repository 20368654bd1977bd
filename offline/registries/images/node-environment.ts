import { lacksSysResource } from "./capabilities.ts";
import { nodeImage } from "./node-recipe.ts";

/**
 * What Minikube is told by its environment where images come from package registries. Each variable is a flag of
 * `minikube start`.
 */
export const minikubeEnvironment = (): Record<string, string> => ({
  MINIKUBE_BASE_IMAGE: nodeImage(),
  // kubelet wants to raise its own limits, which it must not try without that capability.
  ...(lacksSysResource() ? { MINIKUBE_FEATURE_GATES: "KubeletInUserNamespace=true" } : {}),
});
