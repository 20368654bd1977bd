"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useRef, type SubmitEvent } from "react";
import { setUnsaved, unsavedIn } from "@/client/unsaved";
import { Button } from "./button";
import { useHydrated } from "./use-hydrated";

/** The field that adds a todo. What is typed in it is kept, and comes back if the server refuses it. */
export function NewTodo({ add }: { readonly add: (title: string) => void }) {
  const hydrated = useHydrated();
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const input = field.current;
    if (input === null) return;
    // Typed before the page was ready.
    if (input.value !== "") setUnsaved(client, { title: input.value });
    const show = () => {
      const { title } = unsavedIn(client);
      if (title !== "") input.value = title;
    };
    show();
    return client.getQueryCache().subscribe(show);
  }, [client]);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const input = field.current;
    const typed = input?.value.trim() ?? "";
    if (input === null || typed === "") return;
    input.value = "";
    input.focus();
    setUnsaved(client, { title: "" });
    add(typed);
  }

  return (
    <form method="post" onSubmit={submit} className="flex gap-2">
      <label className="sr-only" htmlFor="new-todo">
        New todo
      </label>
      <input
        id="new-todo"
        ref={field}
        dir="auto"
        required
        maxLength={200}
        autoComplete="off"
        placeholder="What needs doing?"
        onInput={(event) => {
          setUnsaved(client, { title: event.currentTarget.value });
        }}
        className="min-h-12 w-full min-w-0 rounded-xl border border-field bg-surface px-4 placeholder:text-soft"
      />
      <Button type="submit" disabled={!hydrated} className="min-h-12 shrink-0 px-5">
        <Plus aria-hidden className="size-4" />
        Add
      </Button>
    </form>
  );
}
