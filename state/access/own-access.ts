import { KubeConfig } from "@kubernetes/client-node";
import { connectToOwn } from "../../provider/cluster/kubernetes/connection.ts";
import { readOwnAccess } from "../../provider/cluster/kubernetes/kubeconfig.ts";
import type { ContextRef } from "../../provider/cluster/kubernetes/kubeconfig.ts";

/**
 * The way to the stack's own cluster for Kubernetes' own client. Nothing else of the kubeconfig is in it, least of all
 * its current context, which other tools set. The cluster is asked who it is.
 * @param ref with the folder of Minikube whose authority the cluster must have.
 * @throws Error as {@link readOwnAccess}, and when the cluster is that of another profile or does not answer.
 */
export const ownConfig = async (ref: ContextRef & { home: string }): Promise<KubeConfig> => {
  const access = await readOwnAccess(ref);
  (await connectToOwn(access, ref)).agent.destroy();
  const { server, ca, cert, key } = access;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: ref.context, server, caData: ca.toString("base64"), skipTLSVerify: false },
    { name: ref.context, certData: cert.toString("base64"), keyData: key.toString("base64") },
  );
  return config;
};
