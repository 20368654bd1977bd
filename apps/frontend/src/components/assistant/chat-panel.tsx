"use client";

import { SendHorizontal, Square, Trash2, X } from "lucide-react";
import { useEffect, useEffectEvent, useRef, type SubmitEvent } from "react";
import type { Chat } from "@/client/assistant/use-chat";
import type { Answerer } from "@/client/assistant/use-conversation";
import { Button } from "@/components/ui/button";
import { ChatMessages } from "./chat-messages";
import { ChatQuestion } from "./chat-question";
import { isEscape } from "@/components/keyboard/key";
import { IconButton } from "@/components/ui/icon-button";
import { Notice } from "@/components/ui/notice";

const answerers: Record<Answerer, string> = { model: "the language model", rules: "the built-in rules" };

interface Props {
  readonly chat: Chat;
  readonly close: () => void;
}

/** The conversation with the assistant. Escape closes it, unless it is pressed in another part of the page. */
export function ChatPanel({ chat, close }: Props) {
  const { messages, error, text, setText, question, answerer, deleted, say, stop, decide, restore, clear } = chat;
  const field = useRef<HTMLInputElement>(null);

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const elsewhere = event.target instanceof Element && event.target.closest("main, header") !== null;
    if (isEscape(event) && !elsewhere) close();
  });

  // Only when the panel opens: later somebody may type in another part of the page while an answer arrives.
  useEffect(() => {
    field.current?.focus();
    const listener = (event: KeyboardEvent) => {
      onKeyDown(event);
    };
    document.addEventListener("keydown", listener);
    return () => {
      document.removeEventListener("keydown", listener);
    };
  }, []);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const content = text.trim();
    if (content !== "" && !say.isPending) say.mutate(content);
  }

  return (
    <aside
      aria-label="Assistant"
      className="fixed inset-0 z-20 flex flex-col border-line bg-surface sm:inset-y-4 sm:end-4 sm:start-auto sm:w-96 sm:rounded-2xl sm:border sm:shadow-xl"
    >
      <div className="flex items-center gap-1 border-b border-line px-4 py-2">
        <div className="me-auto">
          <h2 className="font-semibold">Assistant</h2>
          <p role="status" className="text-xs text-soft empty:hidden">
            {answerer && `Answered by ${answerers[answerer]}`}
          </p>
        </div>
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
        {question && <ChatQuestion titles={question.titles} waiting={decide.isPending} answer={decide.mutate} />}
        {deleted.length > 0 && (
          <div className="flex items-center gap-3 rounded-xl bg-tint py-1 pe-1 ps-4 text-sm">
            <span role="status" className="me-auto">
              Deleted {deleted.length === 1 ? "one todo" : `${deleted.length} todos`}
            </span>
            <Button
              look="quiet"
              disabled={restore.isPending}
              onClick={() => {
                restore.mutate();
              }}
            >
              Undo
            </Button>
          </div>
        )}
        <form method="post" onSubmit={submit} className="flex gap-2">
          <input
            ref={field}
            dir="auto"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
            aria-label="Message"
            placeholder="Ask, or say what to change"
            maxLength={4000}
            autoComplete="off"
            className="min-h-11 w-full min-w-0 rounded-xl border border-field bg-surface px-3.5 placeholder:text-soft"
          />
          {say.isPending ? (
            <Button look="plain" aria-label="Stop" className="shrink-0" onClick={stop}>
              <Square aria-hidden className="size-4" />
            </Button>
          ) : (
            <Button type="submit" aria-label="Send" className="shrink-0">
              <SendHorizontal aria-hidden className="size-4" />
            </Button>
          )}
        </form>
      </div>
    </aside>
  );
}
