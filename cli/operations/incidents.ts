import { stripVTControlCharacters } from "node:util";
import { ifThere } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";

/** What has become of an incident: of the last two states nothing is left to do. */
const states = ["open", "acting", "told", "untreatable", "repaired", "gone"] as const;

/** Something that the operations controller has found. */
export interface Incident {
  /** What was wrong, in a sentence. */
  summary: string;
  state: (typeof states)[number];
  /** When it was seen, in ISO 8601. */
  opened: string;
  /** What the controller does once a person has agreed, and the code by which they do. */
  question?: { code: string; what: string };
}

/** How a code looks: apps/aiops/src/code.ts makes it. */
export const codePattern = /^[A-Z2-9]{4}-[A-Z2-9]{4}$/;

/** Where the controller keeps them: apps/aiops/src/controller/kept-incidents.ts writes it. */
const configMap = "todo-operations-incidents";
const longest = { summary: 120, what: 1_000 };

/**
 * The incidents that the operations controller of a stack has written down, the newest first.
 * @returns undefined when the stack has no controller.
 * @throws ApiError when Kubernetes cannot be asked.
 */
export const incidentsIn = async (namespace: Namespace): Promise<Incident[] | undefined> => {
  const kept = await ifThere(namespace.get<{ data?: Record<string, string> }>("v1", "configmaps", configMap));
  return kept && parse(kept.data?.["incidents.json"]).toReversed().map(forTerminal);
};

/** Those that this version of the controller has written, and none of any other text. */
const parse = (text = ""): Incident[] => {
  try {
    const { incidents } = JSON.parse(text) as { incidents: Incident[] };
    return incidents.filter(
      ({ summary, opened, state }) =>
        typeof summary === "string" && typeof opened === "string" && states.includes(state),
    );
  } catch {
    return [];
  }
};

const forTerminal = ({ summary, state, opened, question }: Incident): Incident => ({
  summary: lineOf(summary, longest.summary),
  state,
  opened,
  ...(isQuestion(question) ? { question: { ...question, what: lineOf(question.what, longest.what) } } : {}),
});

const isQuestion = (question: Incident["question"]): question is NonNullable<Incident["question"]> =>
  typeof question?.what === "string" && typeof question.code === "string" && codePattern.test(question.code);

const lineOf = (text: string, most: number): string => {
  const line = stripVTControlCharacters(text).replaceAll(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};
