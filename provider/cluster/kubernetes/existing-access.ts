import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import type { RequestOptions } from "node:https";
import type { KubeConfig, V1Namespace } from "@kubernetes/client-node";
import { UserError } from "../../processes/errors.ts";
import { ApiError, ask } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { environmentProxy } from "../../processes/environment-proxy.ts";
import type { ContextRef } from "./kubeconfig.ts";

/** The context of this name leads to another cluster than the one that the stack is for. */
export class OtherCluster extends Error {
  /** What its context leads to. */
  readonly found: string;

  constructor(context: string, server: string, found: string, wanted: string) {
    super(`context ${context} leads to the cluster ${found} at ${server}, and not to ${wanted}`);
    this.name = "OtherCluster";
    this.found = found;
  }
}

/** The user of the context may not ask the cluster for its id. */
export class IdForbidden extends Error {
  /** What a person can do about it. */
  readonly next =
    "Ask who runs the cluster for the ClusterRole todo-stack-cluster-id: docs/production.md has it, under Rights.";

  constructor(cause: ApiError) {
    super("you may not read its namespace kube-system, by whose uid the cluster is known", { cause });
    this.name = "IdForbidden";
  }
}

/** What a person is told of another cluster. */
export function refusalOf({ message, found }: OtherCluster, context: string): UserError {
  return new UserError(
    `This stack is for another cluster: ${message}.`,
    `Nothing was changed there, and nothing but its id was asked. See where the context leads: kubectl config view --context ${context} --minify. ` +
      `If that is the cluster you mean, type: npx pulumi config set clusterId ${found}`,
  );
}

/** What was read of kubeconfigs, so that a token which a program has given is used until it expires. */
const read = new Map<string, { text: string; config: KubeConfig }>();

/**
 * Connects to a cluster that was there already, by the copy of its context that `.state` has, and asks it for its id
 * before anything else.
 * @throws OtherCluster when the id is another one.
 * @throws IdForbidden when the user may not read it.
 * @throws Error when the copy has no such context, does not check the server's certificate, or the server does not
 * answer.
 */
export async function connectToExisting(ref: ContextRef & { clusterId: string }): Promise<Connection> {
  const connection = await openExisting(ref);
  try {
    const found = await idOf(connection);
    if (found !== ref.clusterId) throw new OtherCluster(ref.context, connection.server, found, ref.clusterId);
    return connection;
  } catch (error) {
    connection.agent.destroy();
    throw error;
  }
}

/**
 * The id of a cluster: the uid of its namespace kube-system.
 * @throws IdForbidden when the user may not read that.
 */
export async function idOf(connection: Connection): Promise<string> {
  try {
    const { metadata } = JSON.parse(await ask(connection, "GET", "/api/v1/namespaces/kube-system")) as V1Namespace;
    return metadata?.uid ?? "";
  } catch (error) {
    throw error instanceof ApiError && error.status === 403 ? new IdForbidden(error) : error;
  }
}

/**
 * Opens the way to the cluster of a context, whichever that is. Only who asks for its id needs this.
 * @param env where the proxy is named by which the cluster is asked, unless its kubeconfig names one.
 * @throws Error as {@link connectToExisting}, but for the id.
 */
export async function openExisting(
  { kubeconfig, context }: ContextRef,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Connection> {
  const config = await configIn(kubeconfig, context, env);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfig} has no context ${context}`);
  if (!cluster.server.startsWith("https:") || cluster.skipTLSVerify) {
    throw new Error(`the context ${context} does not verify the certificate of ${cluster.server}`);
  }
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername } = options;
  const given = Object.fromEntries(Object.entries({ ca, cert, key, servername }).filter(([, value]) => value));
  // Where there is a proxy, the client's agent goes by it.
  const byProxy = cluster.proxyUrl !== undefined && typeof options.agent === "object" ? options.agent : undefined;
  return {
    server: cluster.server,
    agent: byProxy ?? new Agent({ ...given, keepAlive: true, maxSockets: 6 }),
    headers: headersOf(options),
  };
}

async function configIn(kubeconfig: string, context: string, env: NodeJS.ProcessEnv): Promise<KubeConfig> {
  const text = await readFile(kubeconfig, "utf8");
  const known = read.get(kubeconfig);
  if (known?.text === text && known.config.getCurrentContext() === context) return known.config;
  // Loaded only when needed: it takes half a second.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(text);
  config.setCurrentContext(context);
  config.clusters = config.clusters.map((cluster) => {
    const proxyUrl = cluster.proxyUrl ?? environmentProxy(cluster.server, env);
    return proxyUrl === undefined ? cluster : { ...cluster, proxyUrl };
  });
  read.set(kubeconfig, { text, config });
  return config;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = auth ? { Authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
  const given = Object.entries(headers ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { ...basic, ...Object.fromEntries(given) };
}
