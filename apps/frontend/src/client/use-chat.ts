import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { components } from "./api-types";
import { eventsOf } from "./event-stream";
import { Problem } from "./problem";
import { ask, read } from "./request";
import { todosKey } from "./todo";
import { useQuestions, type Question } from "./use-questions";

const address = "/api/backend/chat";
const chatKey = ["chat"] as const;
const textKey = ["chat-text"] as const;

/** One message of the conversation. */
export type Message = Pick<components["schemas"]["ChatMessageOut"], "id" | "role" | "content">;

/** Who gave an answer: a language model, or the rules that are built in. */
export type Answerer = components["schemas"]["Done"]["assistant"];

/** What is being said, until it comes back with the history. Kept apart, so that no reload of that mixes both up. */
interface Turn {
  readonly before: readonly Message[];
  readonly said: string;
  readonly answer: string;
}

/** The conversation with the assistant, and what can be done in it. */
export type Chat = ReturnType<typeof useChat>;

/**
 * The conversation with the assistant, and what can be done in it. What it changes shows in the list at once. The history
 * is asked for while the conversation is `shown`; the rest goes on while it is not.
 */
export function useChat(shown: boolean) {
  const client = useQueryClient();
  const [turn, setTurn] = useState<Turn | null>(null);
  const [text, setText] = useTyped();
  const questions = useQuestions(shown);
  const [answerer, setAnswerer] = useState<Answerer | null>(null);
  const [deleted, setDeleted] = useState<readonly string[]>([]);
  const running = useRef<AbortController>(undefined);
  const history = useQuery({
    queryKey: chatKey,
    queryFn: () => read<Message[]>(ask("GET", `${address}/messages`)),
    enabled: shown && turn === null,
  });
  const messages = turn === null ? (history.data ?? []) : messagesOf(turn);

  const reloadTodos = () => client.invalidateQueries({ queryKey: todosKey });
  const hearMore = (more: string) => {
    setTurn((current) => current && { ...current, answer: current.answer + more });
  };

  const say = useMutation({
    mutationFn: async (content: string) => {
      const { signal } = (running.current = new AbortController());
      setTurn({ before: messages, said: content, answer: "" });
      setText("");
      setDeleted([]);
      try {
        const answer = await ask("POST", `${address}/messages`, { content }, { signal }).catch((error: unknown) => {
          // Nothing was heard of it: what was typed comes back.
          if (!signal.aborted) setText(content, "if empty");
          throw error;
        });
        await hear(answer);
      } catch (error) {
        if (!signal.aborted) throw error;
        // What it did before it was stopped is done.
        void reloadTodos();
        hearMore(" (stopped)");
      }
    },
    // A stopped answer is stored a moment after the stop: asking at once could come too early, and lose it here.
    onSettled: async () => {
      if (running.current?.signal.aborted === true) return;
      const { isSuccess } = await history.refetch();
      if (isSuccess) setTurn(null);
    },
  });

  async function hear(answer: Response): Promise<void> {
    if (answer.body === null) throw new Problem(0, "The assistant gave no answer. Try again.");
    for await (const { event, data } of eventsOf(answer.body)) {
      if (event === "text") hearMore((data as { text: string }).text);
      if (event === "changed") void reloadTodos();
      if (event === "confirm") questions.add(data as Question);
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
      read<{ deleted: string[] }>(ask("POST", `${address}/confirmations/${questions.first?.id ?? ""}`, { approve })),
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

  const clear = useMutation({
    mutationFn: () => ask("DELETE", `${address}/messages`),
    onSuccess: () => {
      setTurn(null);
      questions.clear();
      setDeleted([]);
      setAnswerer(null);
      client.setQueryData<Message[]>(chatKey, []);
    },
  });

  return {
    messages,
    error: say.error ?? decide.error ?? restore.error ?? clear.error ?? history.error,
    /** What is typed and not said yet. */
    text,
    setText,
    question: questions.first,
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

/** What is typed and not said yet. It outlives a visit to another page. */
function useTyped() {
  const client = useQueryClient();
  const { data: text = "" } = useQuery<string>({ queryKey: textKey, queryFn: skipToken, gcTime: Infinity });
  const set = (typed: string, when?: "if empty") => {
    client.setQueryData<string>(textKey, (before = "") => (when === undefined || before === "" ? typed : before));
  };
  return [text, set] as const;
}

function messagesOf({ before, said, answer }: Turn): readonly Message[] {
  const last = before.at(-1)?.id ?? 0;
  return [
    ...before,
    { id: last + 1, role: "user", content: said },
    { id: last + 2, role: "assistant", content: answer },
  ];
}
