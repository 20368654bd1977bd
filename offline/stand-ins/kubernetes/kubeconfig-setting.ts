import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { readIfPossible } from "../../../provider/processes/files.ts";

/** As much of a kubeconfig as it takes to know which cluster is meant. */
export interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context: { cluster: string; namespace?: string } }[];
  clusters?: { name: string; cluster: unknown }[];
}

/** A kubeconfig and where it came from. */
export interface LoadedKubeconfig {
  config: Kubeconfig;
  /** The text of the kubeconfig. */
  text: string;
  /** The file, unless the setting was the text itself. */
  path?: string;
}

/**
 * Takes a setting that is either the path of a kubeconfig or its text.
 * @throws Error when it is neither.
 */
export function loadKubeconfig(pathOrText: string): LoadedKubeconfig {
  const path = pathOrText.replace(/^~(?=$|\/)/, homedir());
  // No file that can be read: then the setting is the text itself.
  const fromFile = readIfPossible(path);
  const text = fromFile ?? pathOrText;
  const config: unknown = parse(text);
  if (typeof config !== "object" || config === null) throw new Error(`${path} is neither a file nor a kubeconfig`);
  return { config, text, ...(fromFile === undefined ? {} : { path }) };
}

/** The context that a provider uses: the one it names, or else the current one. */
export const contextOf = (
  config: Kubeconfig,
  name: string | undefined,
): { cluster: string; namespace?: string } | undefined =>
  config.contexts?.find((context) => context.name === (name ?? config["current-context"]))?.context;

/** The entry of the cluster that a provider talks to; undefined when the kubeconfig has none for it. */
export function activeCluster(config: Kubeconfig, context: string | undefined, cluster: string | undefined): unknown {
  const active = contextOf(config, context);
  if (!active) return undefined;
  return config.clusters?.find(({ name }) => name === (cluster ?? active.cluster))?.cluster;
}

/** Where kubectl and helm look for a kubeconfig that is not told to them. */
export const ambientKubeconfig = (): string => process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config");
