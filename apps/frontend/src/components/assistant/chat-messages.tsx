import { useEffect, useRef } from "react";
import type { Message } from "@/client/assistant/use-conversation";

interface Props {
  readonly messages: readonly Message[];
  readonly waiting: boolean;
}

/** The conversation as plain text, the newest message in view. */
export function ChatMessages({ messages, waiting }: Props) {
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages]);

  return (
    <div
      ref={list}
      role="log"
      aria-label="Conversation"
      aria-busy={waiting}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys must be able to scroll it
      tabIndex={0}
      className="flex flex-1 flex-col gap-3 overflow-y-auto p-4"
    >
      {messages.length === 0 && (
        <p className="m-auto max-w-64 text-center text-sm text-soft">
          Try “What is due this week?” or “Remind me to water the plants tomorrow”.
        </p>
      )}
      {messages.map((message) => (
        <p
          key={message.id}
          className={`max-w-[85%] rounded-2xl px-3.5 py-2 text-sm break-words whitespace-pre-wrap ${
            message.role === "user" ? "self-end bg-accent text-on-accent" : "self-start bg-tint"
          }`}
        >
          <span className="sr-only">{message.role === "user" ? "You: " : "Assistant: "}</span>
          <span dir="auto" className="block">
            {message.content === "" ? "…" : message.content}
          </span>
        </p>
      ))}
    </div>
  );
}
