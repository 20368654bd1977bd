import { readFileSync } from "node:fs";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { OperationError } from "../errors.ts";
import { statusOf } from "./status.ts";

/** Where the one cluster is that the server ever talks to. */
export interface Place {
  /** Path of the stack's own kubeconfig. */
  kubeconfig: string;
  context: string;
  namespace: string;
}

/** The chart's account for operations, whose Role says what the server may do. */
export const serviceAccount = "todo-aiops";
const hours = 12;

/** A way into the cluster. */
export interface Access {
  config: KubeConfig;
  /** Whose rights they are. */
  rights: string;
}

/**
 * Opens the way into the cluster as the chart's account for operations, or, where the chart has none, as whom the kubeconfig
 * says. The file is read once: what anybody makes of it later does not matter.
 */
export const openAccess = async (place: Place): Promise<Access> => {
  const own = only(place);
  const token = await tokenFor(own, place.namespace);
  if (token === undefined)
    return { config: own, rights: `those of ${place.kubeconfig}, which may do more than is needed` };
  const cluster = own.getCurrentCluster();
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [{ name: serviceAccount, token }],
    contexts: [{ name: place.context, cluster: cluster?.name ?? "", user: serviceAccount, namespace: place.namespace }],
    currentContext: place.context,
  });
  return { config, rights: `those of service account ${serviceAccount}, for ${hours} hours` };
};

/** The one context of a kubeconfig, and nothing else of it. */
const only = ({ kubeconfig, context, namespace }: Place): KubeConfig => {
  const all = new KubeConfig();
  all.loadFromString(read(kubeconfig));
  const found = all.getContextObject(context);
  const cluster = found === null ? null : all.getCluster(found.cluster);
  const user = found === null ? null : all.getUser(found.user);
  if (found === null || cluster === null || user === null) {
    throw new OperationError(`${kubeconfig} has no context ${context}.`, "npx pulumi up");
  }
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [user],
    contexts: [{ ...found, namespace }],
    currentContext: context,
  });
  return config;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OperationError(`There is no kubeconfig ${file}: the stack is not up.`, "npm start", error);
  }
};

const tokenFor = async (config: KubeConfig, namespace: string): Promise<string | undefined> => {
  try {
    const { status } = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
      name: serviceAccount,
      namespace,
      body: { spec: { audiences: [], expirationSeconds: hours * 3600 } },
    });
    return status?.token;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw new OperationError("The cluster does not answer.", "npm run status", error);
  }
};
