import type { V1Node, VersionInfo } from "@kubernetes/client-node";
import { ApiError, ask } from "./connection.ts";
import type { Connection } from "./connection.ts";

/** What a cluster says of itself. */
export interface ClusterFacts {
  server: string;
  /** `v1.34.4` */
  version: string;
  /** Undefined when this user may not list them. */
  nodes: { os: string; architecture: string }[] | undefined;
}

/** Asks a cluster about itself. @throws Error when it does not answer. */
export async function factsOf(connection: Connection): Promise<ClusterFacts> {
  const { gitVersion } = JSON.parse(await ask(connection, "GET", "/version")) as VersionInfo;
  return { server: connection.server, version: gitVersion, nodes: await nodesOf(connection) };
}

async function nodesOf(connection: Connection): Promise<ClusterFacts["nodes"]> {
  try {
    const { items } = JSON.parse(await ask(connection, "GET", "/api/v1/nodes")) as { items: V1Node[] };
    return items.map(({ status }) => ({
      os: status?.nodeInfo?.operatingSystem ?? "",
      architecture: status?.nodeInfo?.architecture ?? "",
    }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
