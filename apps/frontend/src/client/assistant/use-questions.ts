import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/client/api/api-types";
import { ask, read } from "@/client/api/request";

const questionsKey = ["questions"] as const;

/** A deletion that the assistant wants a yes for. */
export type Question = Pick<components["schemas"]["Confirm"], "id" | "titles">;

/** The open questions, and what is done with them. */
export type Questions = ReturnType<typeof useQuestions>;

/** The questions that are open, oldest first. The server keeps them, so that no reload loses one. */
export function useQuestions(shown: boolean) {
  const client = useQueryClient();
  const { data = [] } = useQuery({
    queryKey: questionsKey,
    queryFn: () => read<Question[]>(ask("GET", "/api/backend/chat/confirmations")),
    enabled: shown,
  });
  const change = (changed: (before: readonly Question[]) => readonly Question[]) => {
    client.setQueryData<readonly Question[]>(questionsKey, (before = []) => changed(before));
  };
  return {
    first: data[0],
    add: (question: Question) => {
      change((before) => [...before, question]);
    },
    dropFirst: () => {
      change((before) => before.slice(1));
    },
    clear: () => {
      change(() => []);
    },
  };
}
