import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { components } from "@/client/api/api-types";
import { eventsOf } from "@/client/api/event-stream";
import { Problem } from "@/client/api/problem";
import { ask, read } from "@/client/api/request";
import { todosKey } from "@/client/todos/todo";
import type { Question } from "./use-questions";

const address = "/api/backend/chat/messages";

/** Under this key the history is kept in the query cache. */
export const chatKey = ["chat"] as const;

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

interface Options {
  /** The history is asked for while this is so. */
  readonly shown: boolean;
  /** Called with what is said, when it is on its way. */
  readonly begin: () => void;
  /** Called if it failed and did nothing: what was said can be said again. */
  readonly giveBack: (said: string) => void;
  readonly asked: (question: Question) => void;
}

/** What was said so far, and what says something. What an answer changes shows in the list at once. */
export function useConversation({ shown, begin, giveBack, asked }: Options) {
  const client = useQueryClient();
  const [turn, setTurn] = useState<Turn | null>(null);
  const [answerer, setAnswerer] = useState<Answerer | null>(null);
  const running = useRef<AbortController>(undefined);
  const history = useQuery({
    queryKey: chatKey,
    queryFn: () => read<Message[]>(ask("GET", address)),
    enabled: shown && turn === null,
  });
  const messages = turn === null ? (history.data ?? []) : messagesOf(turn);

  const say = useMutation({
    mutationFn: async (said: string) => {
      const { signal } = (running.current = new AbortController());
      setTurn({ before: messages, said, answer: "" });
      begin();
      let done = 0;
      try {
        await hear(await ask("POST", address, { content: said }, { signal }), () => {
          done += 1;
        });
      } catch (error) {
        if (!signal.aborted) {
          if (done === 0) giveBack(said);
          throw error;
        }
        // What it did before it was stopped is done.
        reloadTodos();
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

  async function hear(answer: Response, onDone: () => void): Promise<void> {
    if (answer.body === null) throw new Problem(0, "The assistant gave no answer. Try again.");
    for await (const { event, data } of eventsOf(answer.body)) {
      if (event === "text") hearMore((data as { text: string }).text);
      if (event === "changed" || event === "confirm") onDone();
      if (event === "changed") reloadTodos();
      if (event === "confirm") asked(data as Question);
      if (event === "failed") throw new Problem(0, (data as { detail: string }).detail);
      if (event === "done") {
        setAnswerer((data as { assistant: Answerer }).assistant);
        return;
      }
    }
    throw new Problem(0, "The answer broke off. Try again.");
  }

  function hearMore(more: string) {
    setTurn((current) => current && { ...current, answer: current.answer + more });
  }

  function reloadTodos() {
    void client.invalidateQueries({ queryKey: todosKey });
  }

  return {
    messages,
    answerer,
    say,
    historyError: history.error,
    stop: () => {
      running.current?.abort();
    },
    forget: () => {
      setTurn(null);
      setAnswerer(null);
      client.setQueryData<Message[]>(chatKey, []);
    },
  };
}

function messagesOf({ before, said, answer }: Turn): readonly Message[] {
  const last = before.at(-1)?.id ?? 0;
  return [
    ...before,
    { id: last + 1, role: "user", content: said },
    { id: last + 2, role: "assistant", content: answer },
  ];
}
