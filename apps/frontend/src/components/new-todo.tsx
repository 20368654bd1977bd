"use client";

import { Plus } from "lucide-react";
import { useRef, type SubmitEvent } from "react";
import { Button } from "./button";
import { useHydrated } from "./use-hydrated";

/** The field that adds a todo. If the server refuses it, what was typed comes back. */
export function NewTodo({ add }: { readonly add: (title: string) => Promise<unknown> }) {
  const hydrated = useHydrated();
  const field = useRef<HTMLInputElement>(null);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const input = field.current;
    const title = input?.value.trim() ?? "";
    if (input === null || title === "") return;
    input.value = "";
    input.focus();
    add(title).catch(() => {
      if (input.value === "") input.value = title;
    });
  }

  return (
    <form method="post" onSubmit={submit} className="flex gap-2">
      <label className="sr-only" htmlFor="new-todo">
        New todo
      </label>
      <input
        id="new-todo"
        ref={field}
        required
        maxLength={200}
        autoComplete="off"
        placeholder="What needs doing?"
        className="min-h-12 w-full min-w-0 rounded-xl border border-field bg-surface px-4 placeholder:text-soft"
      />
      <Button type="submit" disabled={!hydrated} className="min-h-12 shrink-0 px-5">
        <Plus aria-hidden className="size-4" />
        Add
      </Button>
    </form>
  );
}
