import { gunzipSync } from "node:zlib";
import type { V1Secret } from "@kubernetes/client-node";
import type { Namespace } from "../cluster/kubernetes/kubernetes.ts";

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
  /** Its objects, as YAML. */
  manifest: string;
}

/** Whether Helm can go on from a revision. */
export const isUsable = ({ status }: Revision): boolean => status === "deployed" || status === "failed";

/** The revisions of a release save those that a later one has superseded. */
export async function currentRevisions(namespace: Namespace, release: string): Promise<Revision[]> {
  return await revisionsOf(namespace, release, ",status!=superseded");
}

/** All revisions of a release that Helm remembers. */
export async function revisionsOf(namespace: Namespace, release: string, selector = ""): Promise<Revision[]> {
  const labelSelector = `${recordsOf(release)}${selector}`;
  const secrets = await namespace.list<V1Secret>("v1", "secrets", { labelSelector });
  return secrets.map(({ metadata, data }) => ({
    secret: metadata?.name ?? "",
    version: Number(metadata?.labels?.["version"] ?? 0),
    status: metadata?.labels?.["status"] ?? "",
    ...recordIn(data?.["release"] ?? ""),
  }));
}

/** Removes every record of a release: Helm refuses to install one whose name even an old revision has. */
export async function forgetRevisions(namespace: Namespace, release: string): Promise<void> {
  await namespace.deleteAll("v1", "secrets", { labelSelector: recordsOf(release) });
}

const recordsOf = (release: string): string => `owner=helm,name=${release}`;

/** Helm compresses a record and encodes it in base64; Kubernetes does so once more. */
function recordIn(data: string): Pick<Revision, "description" | "deployed" | "manifest"> {
  const compressed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  const { info, manifest = "" } = JSON.parse(gunzipSync(compressed).toString()) as {
    info: { description: string; last_deployed?: string };
    manifest?: string;
  };
  return { description: info.description, deployed: info.last_deployed ?? "", manifest };
}
