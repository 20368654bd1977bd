import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "@/client/api/request";
import { useConversation } from "./use-conversation";
import { useDecisions } from "./use-decisions";
import { useQuestions } from "./use-questions";

const textKey = ["chat-text"] as const;

/** The conversation with the assistant, and what can be done in it. */
export type Chat = ReturnType<typeof useChat>;

/**
 * The conversation with the assistant, and what can be done in it. The history is asked for while the conversation is
 * `shown`; the rest goes on while it is not.
 */
export function useChat(shown: boolean) {
  const [text, setText] = useTyped();
  const questions = useQuestions(shown);
  const { decide, restore, deleted, forget: forgetDeleted } = useDecisions(questions);
  const { messages, answerer, say, stop, historyError, forget } = useConversation({
    shown,
    begin: () => {
      setText("");
      forgetDeleted();
    },
    giveBack: (said) => {
      setText(said, "if empty");
    },
    asked: questions.add,
  });

  const clear = useMutation({
    mutationFn: () => ask("DELETE", "/api/backend/chat/messages"),
    onSuccess: () => {
      forget();
      questions.clear();
      forgetDeleted();
    },
  });

  return {
    messages,
    error: say.error ?? decide.error ?? restore.error ?? clear.error ?? historyError,
    /** What is typed and not said yet. */
    text,
    setText,
    question: questions.first,
    answerer,
    deleted,
    say,
    stop,
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
