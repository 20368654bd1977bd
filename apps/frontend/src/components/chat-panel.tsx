"use client";

import { SendHorizontal, Trash2, X } from "lucide-react";
import { useEffect, useRef, type SubmitEvent } from "react";
import { useChat } from "@/client/use-chat";
import { Button } from "./button";
import { ChatMessages } from "./chat-messages";
import { IconButton } from "./icon-button";
import { Notice } from "./notice";

/** The conversation with the assistant. Escape closes it. */
export function ChatPanel({ close }: { readonly close: () => void }) {
  const { messages, error, question, say, decide, clear } = useChat();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    field.current?.focus();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [close]);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const content = field.current?.value.trim() ?? "";
    if (field.current === null || content === "" || say.isPending) return;
    field.current.value = "";
    say.mutate(content);
  }

  return (
    <aside
      aria-label="Assistant"
      className="fixed inset-0 z-20 flex flex-col border-line bg-surface sm:inset-y-4 sm:right-4 sm:left-auto sm:w-96 sm:rounded-2xl sm:border sm:shadow-xl"
    >
      <div className="flex items-center gap-1 border-b border-line px-4 py-2">
        <h2 className="mr-auto font-semibold">Assistant</h2>
        <IconButton
          name="Clear conversation"
          disabled={messages.length === 0 || say.isPending}
          onClick={() => {
            clear.mutate();
          }}
        >
          <Trash2 aria-hidden className="size-4" />
        </IconButton>
        <IconButton name="Close" onClick={close}>
          <X aria-hidden className="size-5" />
        </IconButton>
      </div>
      <ChatMessages messages={messages} waiting={say.isPending} />
      <div className="grid gap-3 border-t border-line p-4">
        {error && <Notice>{error.message}</Notice>}
        {question && (
          <div role="group" aria-label="Confirm" className="grid gap-3 rounded-xl bg-danger-tint p-4 text-sm">
            <p>Delete {question.titles.map((title) => `“${title}”`).join(", ")}?</p>
            <div className="flex gap-2">
              <Button
                look="danger"
                disabled={decide.isPending}
                onClick={() => {
                  decide.mutate(true);
                }}
              >
                Yes, delete
              </Button>
              <Button
                look="plain"
                disabled={decide.isPending}
                onClick={() => {
                  decide.mutate(false);
                }}
              >
                No, keep
              </Button>
            </div>
          </div>
        )}
        <form method="post" onSubmit={submit} className="flex gap-2">
          <input
            ref={field}
            aria-label="Message"
            placeholder="Ask, or say what to change"
            maxLength={4000}
            autoComplete="off"
            className="min-h-11 w-full min-w-0 rounded-xl border border-field bg-surface px-3.5 placeholder:text-soft"
          />
          <Button type="submit" aria-label="Send" disabled={say.isPending} className="shrink-0">
            <SendHorizontal aria-hidden className="size-4" />
          </Button>
        </form>
      </div>
    </aside>
  );
}
