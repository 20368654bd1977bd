"use client";

import { MessageCircle } from "lucide-react";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useChat } from "@/client/assistant/use-chat";
import { Button } from "@/components/ui/button";
import { ChatPanel } from "./chat-panel";
import { useHydrated } from "@/components/page/use-hydrated";

/**
 * A button in the corner that opens the conversation with the assistant. The conversation goes on while it is closed.
 * On a phone the button makes way for a todo's form.
 */
export function Assistant() {
  const hydrated = useHydrated();
  const [open, setOpen] = useState(false);
  const chat = useChat(open);
  const opener = useRef<HTMLButtonElement>(null);
  if (open) {
    return (
      <ChatPanel
        chat={chat}
        close={() => {
          // The button is there only after that, and no key may be lost meanwhile.
          flushSync(() => {
            setOpen(false);
          });
          opener.current?.focus();
        }}
      />
    );
  }
  return (
    <Button
      ref={opener}
      className="fixed end-4 bottom-4 z-10 rounded-full shadow-lg max-sm:peer-has-[li_form]:hidden"
      disabled={!hydrated}
      onClick={() => {
        setOpen(true);
      }}
    >
      <MessageCircle aria-hidden className="size-4" />
      Assistant
    </Button>
  );
}
