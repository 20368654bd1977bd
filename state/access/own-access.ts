import { KubeConfig } from "@kubernetes/client-node";
import { readOwnAccess } from "../../provider/cluster/kubeconfig.ts";
import type { ContextRef } from "../../provider/cluster/kubeconfig.ts";

/**
 * The way to the stack's own cluster for Kubernetes' own client. Nothing else of the kubeconfig is in it, least of all
 * its current context, which other tools set.
 * @param ref with the folder of Minikube whose authority the cluster must have.
 * @throws Error as {@link readOwnAccess}.
 */
export const ownConfig = async (ref: ContextRef & { home: string }): Promise<KubeConfig> => {
  const { server, ca, cert, key } = await readOwnAccess(ref);
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: ref.context, server, caData: ca.toString("base64"), skipTLSVerify: false },
    { name: ref.context, certData: cert.toString("base64"), keyData: key.toString("base64") },
  );
  return config;
};
