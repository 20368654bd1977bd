import { parseAllDocuments } from "yaml";
import type { Cluster } from "./kubernetes-access.ts";
import type { Properties } from "../properties.ts";
import { CommandFailed } from "../run-command.ts";

/** What helm knows of a release that is there. */
export interface Description {
  status: Properties & { revision: number; version: string };
  /** Names of its objects by `Kind.group/apiVersion`. */
  resourceNames: Record<string, string[]>;
  /** The values that it was given. */
  values: Properties;
}

/** As much of `helm status` as is used here. */
interface Status {
  name: string;
  namespace: string;
  version: number;
  info: { status: string };
  config?: Properties | null;
  manifest?: string;
}

/** As much of `helm get metadata` as is used here. */
interface Metadata {
  chart: string;
  version: string;
  appVersion: string;
}

/**
 * Asks helm for a release.
 * @returns undefined when there is no such release.
 */
export async function describeRelease(
  cluster: Cluster,
  name: string,
  namespace: string,
): Promise<Description | undefined> {
  const flags = [name, "--namespace", namespace, "--output", "json"];
  try {
    const answers = await Promise.all([
      cluster.askHelm(["status", ...flags]),
      cluster.askHelm(["get", "metadata", ...flags]),
    ]);
    const [status, metadata] = answers.map((text) => JSON.parse(text) as unknown) as [Status, Metadata];
    return {
      status: {
        appVersion: metadata.appVersion,
        chart: metadata.chart,
        name: status.name,
        namespace: status.namespace,
        revision: status.version,
        status: status.info.status,
        version: metadata.version,
      },
      resourceNames: namesIn(status.manifest ?? ""),
      values: status.config ?? {},
    };
  } catch (error) {
    if (error instanceof CommandFailed && /release: not found/.test(error.stderr)) return undefined;
    throw error;
  }
}

interface Manifest {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string };
}

function namesIn(manifest: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifest)) {
    const object = document.toJS() as Manifest | null;
    if (!object?.kind) continue;
    const { apiVersion = "", kind, metadata } = object;
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0] ?? ""}` : "";
    const name = [metadata?.namespace, metadata?.name].filter(Boolean).join("/");
    (names[`${kind}${group}/${apiVersion}`] ??= []).push(name);
  }
  return Object.fromEntries(Object.entries(names).map(([key, list]) => [key, list.toSorted()]));
}
