import { stripVTControlCharacters } from "node:util";
import { ApiError } from "../../provider/cluster/kubernetes.ts";
import type { Namespace } from "../../provider/cluster/kubernetes.ts";

/** Something that the operations controller has found. */
export interface Incident {
  /** What was wrong, in a sentence. */
  summary: string;
  state: "open" | "acting" | "told" | "untreatable" | "repaired" | "gone";
  /** When it was seen, in ISO 8601. */
  opened: string;
}

/** Where the controller keeps them: apps/aiops/src/controller/incidents.ts writes it. */
const configMap = "todo-operations-incidents";
const most = 5;
const longest = 120;

/**
 * The last incidents that the operations controller of a stack has written down, the newest first.
 * @returns undefined when the stack has no controller.
 * @throws ApiError when Kubernetes cannot be asked.
 */
export const incidentsIn = async (namespace: Namespace): Promise<Incident[] | undefined> => {
  try {
    const { data } = await namespace.get<{ data?: Record<string, string> }>("v1", "configmaps", configMap);
    return parse(data?.["incidents.json"]).slice(-most).toReversed().map(forTerminal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};

/** None of a text that the controller has not written. */
const parse = (text = ""): Incident[] => {
  try {
    const { incidents } = JSON.parse(text) as { incidents: Incident[] };
    return incidents.filter(({ summary, opened }) => typeof summary === "string" && typeof opened === "string");
  } catch {
    return [];
  }
};

const forTerminal = ({ summary, state, opened }: Incident): Incident => {
  const line = stripVTControlCharacters(summary).replaceAll(/\s+/g, " ");
  return { summary: line.length > longest ? `${line.slice(0, longest - 1)}…` : line, state, opened };
};
