import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
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

/** Who gave an answer: a language model, or the rules that are built in. */
export type Answerer = components["schemas"]["Done"]["assistant"];

/** The conversation with the assistant, and what can be done in it. What it changes shows in the list at once. */
export function useChat() {
  const client = useQueryClient();
  const [question, setQuestion] = useState<Question | null>(null);
  const [answerer, setAnswerer] = useState<Answerer | null>(null);
  const [deleted, setDeleted] = useState<readonly string[]>([]);
  const running = useRef<AbortController>(undefined);
  const history = useQuery({ queryKey: chatKey, queryFn: () => read<Message[]>(ask("GET", `${address}/messages`)) });

  const write = (change: (messages: Message[]) => Message[]) => {
    client.setQueryData<Message[]>(chatKey, (messages) => change(messages ?? []));
  };
  const reloadTodos = () => client.invalidateQueries({ queryKey: todosKey });

  const say = useMutation({
    mutationFn: async (content: string) => {
      const { signal } = (running.current = new AbortController());
      await client.cancelQueries({ queryKey: chatKey });
      setQuestion(null);
      setDeleted([]);
      write((messages) => [...messages, message("user", content, messages), message("assistant", "", messages)]);
      try {
        await hear(await ask("POST", `${address}/messages`, { content }, { signal }));
      } catch (error) {
        if (!signal.aborted) throw error;
        // What it did before it was stopped is done.
        void reloadTodos();
        write((messages) => appended(messages, " (stopped)"));
      }
    },
    // A stopped answer is stored a moment after the stop: asking at once could come too early, and lose it here.
    onSettled: () => {
      if (running.current?.signal.aborted !== true) void client.invalidateQueries({ queryKey: chatKey });
    },
  });

  async function hear(answer: Response): Promise<void> {
    if (answer.body === null) throw new Problem(0, "The assistant gave no answer. Try again.");
    for await (const { event, data } of eventsOf(answer.body)) {
      if (event === "text") write((messages) => appended(messages, (data as { text: string }).text));
      if (event === "changed") void reloadTodos();
      if (event === "confirm") setQuestion(data as Question);
      if (event === "failed") throw new Problem(0, (data as { detail: string }).detail);
      if (event === "done") {
        setAnswerer((data as { assistant: Answerer }).assistant);
        return;
      }
    }
    throw new Problem(0, "The answer broke off. Try again.");
  }

  const decide = useMutation({
    mutationFn: (approve: boolean) =>
      read<{ deleted: string[] }>(ask("POST", `${address}/confirmations/${question?.id ?? ""}`, { approve })),
    onSuccess: (result) => {
      setDeleted(result.deleted);
    },
    onSettled: () => {
      setQuestion(null);
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

  const clear = useMutation({
    mutationFn: () => ask("DELETE", `${address}/messages`),
    onSuccess: () => {
      setQuestion(null);
      setDeleted([]);
      setAnswerer(null);
      write(() => []);
    },
  });

  return {
    messages: history.data ?? [],
    error: say.error ?? decide.error ?? restore.error ?? clear.error ?? history.error,
    question,
    answerer,
    /** Ids of the todos that the last yes has deleted. */
    deleted,
    say,
    stop: () => {
      running.current?.abort();
    },
    decide,
    restore,
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
