import { gunzipSync } from "node:zlib";
import type { V1Secret } from "@kubernetes/client-node";
import type { Namespace } from "./kubernetes.ts";

/** A revision of a release, as Helm records it in a Secret. */
export interface Revision {
  /** Name of the Secret. */
  secret: string;
  /** From 1. */
  version: number;
  /** `deployed`, `failed`, `pending-upgrade` and the like. */
  status: string;
  description: string;
  /** When it was deployed last, in ISO 8601; empty where Helm has not said. */
  deployed: string;
}

/** The revisions of a release save those that a later one has superseded. */
export async function currentRevisions(namespace: Namespace, release: string): Promise<Revision[]> {
  const labelSelector = `owner=helm,name=${release},status!=superseded`;
  const secrets = await namespace.list<V1Secret>("v1", "secrets", { labelSelector });
  return secrets.map(({ metadata, data }) => ({
    secret: metadata?.name ?? "",
    version: Number(metadata?.labels?.["version"] ?? 0),
    status: metadata?.labels?.["status"] ?? "",
    ...recordIn(data?.["release"] ?? ""),
  }));
}

/** Helm compresses a record and encodes it in base64; Kubernetes does so once more. */
function recordIn(data: string): { description: string; deployed: string } {
  const compressed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  const { info } = JSON.parse(gunzipSync(compressed).toString()) as {
    info: { description: string; last_deployed?: string };
  };
  return { description: info.description, deployed: info.last_deployed ?? "" };
}
