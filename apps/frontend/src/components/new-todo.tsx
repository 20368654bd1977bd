"use client";

import { Plus } from "lucide-react";
import { useRef, type SubmitEvent } from "react";
import type { useAddTodo } from "@/client/todos";
import { Button } from "./button";
import { useHydrated } from "./use-hydrated";

/** The field that adds a todo. What was typed stays there until the server has it. */
export function NewTodo({ add }: { readonly add: ReturnType<typeof useAddTodo> }) {
  const hydrated = useHydrated();
  const field = useRef<HTMLInputElement>(null);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const title = field.current?.value.trim() ?? "";
    if (title === "" || add.isPending) return;
    add.mutate(title, {
      onSuccess: () => {
        if (field.current?.value.trim() === title) field.current.value = "";
        field.current?.focus();
      },
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
      <Button type="submit" disabled={!hydrated || add.isPending} className="min-h-12 shrink-0 px-5">
        <Plus aria-hidden className="size-4" />
        Add
      </Button>
    </form>
  );
}
