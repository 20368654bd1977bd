import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/client/api/problem";
import { ask, read } from "@/client/api/request";
import { todosKey } from "@/client/todos/todo";
import { chatKey } from "./use-conversation";
import type { Questions } from "./use-questions";

/** What answers the first of the assistant's questions, and what takes the last yes back. */
export function useDecisions(questions: Questions) {
  const client = useQueryClient();
  const [deleted, setDeleted] = useState<readonly string[]>([]);
  const reloadTodos = () => client.invalidateQueries({ queryKey: todosKey });

  const decide = useMutation({
    mutationFn: (approve: boolean) => {
      const address = `/api/backend/chat/confirmations/${questions.first?.id ?? ""}`;
      return read<{ deleted: string[] }>(ask("POST", address, { approve }));
    },
    onSuccess: (result) => {
      setDeleted(result.deleted);
    },
    onSettled: (_result, error) => {
      // After any other failure the question is still open, and can be answered again.
      if (error === null || (error instanceof Problem && error.status === 404)) questions.dropFirst();
      void reloadTodos();
      void client.invalidateQueries({ queryKey: chatKey });
    },
  });

  const restore = useMutation({
    mutationFn: () => ask("POST", "/api/backend/todos/bulk", { action: "restore", ids: deleted }),
    onSuccess: () => {
      setDeleted([]);
      void reloadTodos();
    },
  });

  return {
    decide,
    restore,
    /** Ids of the todos that the last yes has deleted. */
    deleted,
    forget: () => {
      setDeleted([]);
    },
  };
}
