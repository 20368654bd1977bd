"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type SubmitEvent } from "react";
import type { Change } from "@/client/changes/change";
import { todoOf } from "@/client/todos/quick-add";
import { setUnsaved, unsavedIn } from "@/client/kept/unsaved";
import { useUnderstood } from "@/client/todos/use-understood";
import { Button } from "@/components/ui/button";
import { UnderstoodChips } from "./understood-chips";
import { useHydrated } from "@/components/page/use-hydrated";

/**
 * The field that adds a todo. What it understands of what is typed (dates, repetition, tags, priority) is shown below
 * and can be removed. What is typed is kept, and comes back if the server refuses it.
 */
export function NewTodo({ add }: { readonly add: (change: Extract<Change, { kind: "add" }>) => void }) {
  const hydrated = useHydrated();
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [keep, setKeep] = useState<readonly string[]>([]);
  const { understood, known } = useUnderstood(useMemo(() => ({ text, keep }), [text, keep]));

  useEffect(() => {
    const input = field.current;
    if (input === null) return;
    // Typed before the page was ready.
    if (input.value !== "") setUnsaved(client, { title: input.value });
    const show = () => {
      const { title } = unsavedIn(client);
      if (title !== "") input.value = title;
      setText(input.value.trim());
    };
    show();
    return client.getQueryCache().subscribe(show);
  }, [client]);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const input = field.current;
    const typed = { text: input?.value.trim() ?? "", keep };
    if (input === null || typed.text === "") return;
    input.value = "";
    input.focus();
    setKeep([]);
    const { again } = unsavedIn(client);
    setUnsaved(client, { title: "", again: null });
    const parts = known(typed);
    const todo = todoOf(typed.text, parts);
    add({
      kind: "add",
      // Under its former id it cannot be there a second time.
      todo: again?.text === typed.text ? { ...todo, id: again.id } : todo,
      text: typed.text,
      ...(parts === undefined && { unread: typed }),
    });
  }

  return (
    <form method="post" onSubmit={submit} className="grid gap-2">
      <div className="flex gap-2">
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
          placeholder="What needs doing? Pay rent tomorrow 9am #home"
          onInput={(event) => {
            setUnsaved(client, { title: event.currentTarget.value });
          }}
          className="min-h-12 w-full min-w-0 rounded-xl border border-field bg-surface px-4 text-ellipsis placeholder:text-soft"
        />
        <Button type="submit" disabled={!hydrated} className="min-h-12 shrink-0 px-5">
          <Plus aria-hidden className="size-4" />
          Add
        </Button>
      </div>
      {understood && (
        <UnderstoodChips
          text={text}
          understood={understood}
          remove={(words) => {
            setKeep([...keep, words]);
            field.current?.focus();
          }}
        />
      )}
    </form>
  );
}
