import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { components } from "./api-types";
import { eventsOf } from "./event-stream";
import { Problem } from "./problem";
import { ask, read } from "./request";
import { todosKey } from "./todo";

const address = "/api/backend/chat";
const chatKey = ["chat"] as const;

/** One message of the conversation. */
export type Message = Pick<components["schemas"]["ChatMessageOut"], "id" | "role" | "content">;

/** A deletion that the assistant wants a yes for. */
export interface Question {
  readonly id: string;
  readonly titles: readonly string[];
}

/** The conversation with the assistant, and what can be done in it. What it changes shows in the list at once. */
export function useChat() {
  const client = useQueryClient();
  const [question, setQuestion] = useState<Question | null>(null);
  const history = useQuery({ queryKey: chatKey, queryFn: () => read<Message[]>(ask("GET", `${address}/messages`)) });

  const write = (change: (messages: Message[]) => Message[]) => {
    client.setQueryData<Message[]>(chatKey, (messages) => change(messages ?? []));
  };
  const reloadTodos = () => client.invalidateQueries({ queryKey: todosKey });

  const say = useMutation({
    mutationFn: async (content: string) => {
      await client.cancelQueries({ queryKey: chatKey });
      setQuestion(null);
      write((messages) => [...messages, message("user", content, messages), message("assistant", "", messages)]);
      const answer = await ask("POST", `${address}/messages`, { content });
      if (answer.body === null) throw new Problem(0, "The assistant gave no answer. Try again.");
      for await (const { event, data } of eventsOf(answer.body)) {
        if (event === "text") write((messages) => appended(messages, (data as { text: string }).text));
        if (event === "changed") void reloadTodos();
        if (event === "confirm") setQuestion(data as Question);
        if (event === "failed") throw new Problem(0, (data as { detail: string }).detail);
        if (event === "done") return;
      }
      throw new Problem(0, "The answer broke off. Try again.");
    },
    onSettled: () => client.invalidateQueries({ queryKey: chatKey }),
  });

  const decide = useMutation({
    mutationFn: (approve: boolean) => ask("POST", `${address}/confirmations/${question?.id ?? ""}`, { approve }),
    onSettled: () => {
      setQuestion(null);
      void reloadTodos();
      void client.invalidateQueries({ queryKey: chatKey });
    },
  });

  const clear = useMutation({
    mutationFn: () => ask("DELETE", `${address}/messages`),
    onSuccess: () => {
      setQuestion(null);
      write(() => []);
    },
  });

  return {
    messages: history.data ?? [],
    error: say.error ?? decide.error ?? clear.error ?? history.error,
    question,
    say,
    decide,
    clear,
  };
}

function message(role: Message["role"], content: string, before: readonly Message[]): Message {
  return { id: (before.at(-1)?.id ?? 0) + (role === "user" ? 1 : 2), role, content };
}

function appended(messages: readonly Message[], text: string): Message[] {
  return messages.map((entry, index) =>
    index === messages.length - 1 ? { ...entry, content: entry.content + text } : entry,
  );
}
