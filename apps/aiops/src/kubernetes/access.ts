import { readFileSync } from "node:fs";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Cluster } from "@kubernetes/client-node";
import { OperationError } from "../operation-error.ts";
import { reasonOf, statusOf } from "./refusal.ts";

/** Where the one cluster is that the server ever talks to. */
export interface Place {
  /** Path of the stack's own kubeconfig. */
  kubeconfig: string;
  context: string;
  namespace: string;
}

/** A way into one namespace of one cluster. */
export interface Entrance {
  /** The UID of the namespace. */
  readonly uid: string;
  /** Whose rights are used. */
  readonly rights: string;
  /** Asks the cluster something. @throws OperationError when there is no way in. */
  use<T>(ask: (config: KubeConfig) => Promise<T>): Promise<T>;
  /** The UID of the namespace that is there now. */
  uidNow(): Promise<string>;
}

/** What the chart calls its account for operations, whatever the name of the release. */
const selector = "app.kubernetes.io/name=todo,app.kubernetes.io/component=aiops";
const hours = 12;

/** A way into the cluster, until the token expires or the cluster gets another address. */
interface Way {
  config: KubeConfig;
  /** The service account whose rights they are; undefined for whom the kubeconfig names. */
  account: string | undefined;
  /** When to ask for another token, in milliseconds since 1970. */
  renewal: number;
  /** The UID of the namespace. */
  uid: string;
}

/**
 * The way into the cluster as the chart's account for operations, or, where the chart has none, as whom the kubeconfig
 * names. The kubeconfig is read again when the token expires, is refused, or nobody answers: a cluster that was stopped
 * and started has another address.
 */
export class Access implements Entrance {
  /** The UID of the namespace: no other cluster has it, nor has one of the same name that is made later. */
  readonly uid: string;
  readonly #place: Place;
  #way: Way;
  #renewing: Promise<Way> | undefined;

  private constructor(place: Place, way: Way) {
    this.#place = place;
    this.#way = way;
    this.uid = way.uid;
  }

  /** @throws OperationError when the stack is not up. */
  static async open(place: Place): Promise<Access> {
    return new Access(place, await open(place));
  }

  /** Whose rights are used. */
  get rights(): string {
    const { account } = this.#way;
    return account === undefined
      ? `those of ${this.#place.kubeconfig}, which may do more than is needed`
      : `those of service account ${account}`;
  }

  /**
   * Asks the cluster something, once more by another way if this one is lost.
   * @throws OperationError when there is no other way, or when it leads to another cluster.
   */
  async use<T>(ask: (config: KubeConfig) => Promise<T>): Promise<T> {
    const way = Date.now() < this.#way.renewal ? this.#way : await this.#another(this.#way);
    try {
      return await ask(way.config);
    } catch (error) {
      if (!isLost(error)) throw error;
      return await ask((await this.#another(way)).config);
    }
  }

  /** The UID of the namespace that is there now. */
  async uidNow(): Promise<string> {
    return await this.use((config) => uidOf(config, this.#place.namespace));
  }

  /** One for all who have lost the same way. */
  async #another(lost: Way): Promise<Way> {
    if (lost !== this.#way) return this.#way;
    this.#renewing ??= open(this.#place, this.#way).finally(() => (this.#renewing = undefined));
    this.#way = await this.#renewing;
    return this.#way;
  }
}

/** Said before anything is read or done in a namespace that was made later. */
export const anotherNamespace = (namespace: string): OperationError =>
  new OperationError(
    `Namespace ${namespace} is another one than when this server was started. Nothing is read or done.`,
    "Start the server again.",
  );

/**
 * @param before the way that is lost. Another one leads to the same namespace of the same cluster, with no more rights.
 */
const open = async (place: Place, before?: Way): Promise<Way> => {
  const own = only(place);
  const cluster = own.getCurrentCluster();
  if (before !== undefined && authorityOf(cluster) !== authorityOf(before.config.getCurrentCluster())) {
    const what = `${place.kubeconfig} leads to another cluster than when this server was started. Nobody was asked there.`;
    throw new OperationError(what, "Start the server again.");
  }
  try {
    const account = await accountIn(own, place.namespace);
    if (account === undefined && before?.account !== undefined) {
      throw new OperationError(`Service account ${before.account} is gone.`, "npx pulumi up");
    }
    const { config, renewal } =
      account === undefined ? { config: own, renewal: Infinity } : await asAccount(own, account, place.namespace);
    const uid = await uidOf(config, place.namespace);
    if (before !== undefined && before.uid !== uid) throw anotherNamespace(place.namespace);
    return { config, account, renewal, uid };
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw new OperationError(`The cluster does not answer: ${reasonOf(error)}.`, "npm run status", error);
  }
};

/** By what a cluster proves that it is the one. */
const authorityOf = (cluster: Cluster | null): string =>
  JSON.stringify([cluster?.caData, cluster?.caFile, cluster?.skipTLSVerify ?? false]);

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

const accountIn = async (config: KubeConfig, namespace: string): Promise<string | undefined> => {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedServiceAccount({ namespace, labelSelector: selector });
  return items[0]?.metadata?.name;
};

/** By a token, which is asked for again when four fifths of its time have passed. */
const asAccount = async (
  own: KubeConfig,
  account: string,
  namespace: string,
): Promise<Pick<Way, "config" | "renewal">> => {
  const { status } = await own.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    name: account,
    namespace,
    body: { spec: { audiences: [], expirationSeconds: hours * 3600 } },
  });
  const [cluster, context] = [own.getCurrentCluster(), own.getCurrentContext()];
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [{ name: account, token: status?.token }],
    contexts: [{ name: context, cluster: cluster?.name ?? "", user: account, namespace }],
    currentContext: context,
  });
  const lifetime = (status?.expirationTimestamp?.getTime() ?? Infinity) - Date.now();
  return { config, renewal: Date.now() + lifetime * 0.8 };
};

/** @throws OperationError when there is no such namespace. */
export const uidOf = async (config: KubeConfig, namespace: string): Promise<string> => {
  try {
    const { metadata } = await config.makeApiClient(CoreV1Api).readNamespace({ name: namespace });
    return metadata?.uid ?? "";
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw new OperationError(`There is no namespace ${namespace}.`, "npx pulumi up", error);
  }
};

/** Whether the token was refused, or nobody answered. */
const isLost = (error: unknown): boolean =>
  !(error instanceof OperationError) && [401, undefined].includes(statusOf(error));
