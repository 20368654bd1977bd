import { skipToken, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Conflict, type Change } from "@/client/changes/change";
import { Problem } from "@/client/api/problem";
import type { Todo } from "@/client/todos/todo";
import { changesOf, same, typedOf, type Typed } from "@/client/todos/todo-form";

/** An edit of a todo that the server does not have yet. */
export interface Draft {
  /** The todo as it was when its form was opened. */
  readonly seen: Todo;
  readonly typed: Typed;
  /** Whether it is on its way to the server; its form is closed then. */
  readonly sending?: true;
  /** Why it was refused. */
  readonly refusal?: string;
  /** What the todo is now, if the same field was changed elsewhere meanwhile. */
  readonly theirs?: Todo;
}

/** What somebody typed and the server does not have, and the last failure that belongs to no form. */
export interface Unsaved {
  /** What stands in the field for a new todo. */
  readonly title: string;
  /** The last new todo that came back into that field, if the server may have it all the same. */
  readonly again: { readonly text: string; readonly id: string } | null;
  /** By the ids of their todos. */
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly failure: string;
}

/** Under this key it is kept in the query cache. */
export const unsavedKey = ["unsaved"] as const;

const nothing: Unsaved = { title: "", again: null, drafts: {}, failure: "" };

/** What is unsaved now. */
export function unsavedIn(client: QueryClient): Unsaved {
  return client.getQueryData<Unsaved>(unsavedKey) ?? nothing;
}

/** Changes a part of it. */
export function setUnsaved(client: QueryClient, part: Partial<Unsaved>): void {
  client.setQueryData<Unsaved>(unsavedKey, { ...unsavedIn(client), ...part });
}

/** Sets the draft of a todo, or takes it away. */
function setDraft(client: QueryClient, id: string, draft: Draft | undefined): void {
  const others = Object.entries(unsavedIn(client).drafts).filter(([other]) => other !== id);
  setUnsaved(client, { drafts: Object.fromEntries(draft === undefined ? others : [...others, [id, draft]]) });
}

/** Whether the draft changes anything. */
export function changesAnything({ seen, typed }: Draft): boolean {
  return Object.keys(changesOf(seen, typed)).length > 0;
}

/** What is done with the drafts of todos. */
export interface Editing {
  readonly open: (todo: Todo) => void;
  readonly type: (draft: Draft, typed: Typed) => void;
  /** Sends what was typed, for the todo as it was seen. */
  readonly save: (seen: Todo, typed: Typed, one?: boolean) => void;
  /** Makes a repeating todo due at its next time, and forgets what was typed. */
  readonly skip: (draft: Draft) => void;
  readonly drop: (draft: Draft) => void;
}

/** What is unsaved, and what can be done with it. */
export function useUnsaved(change: (change: Change) => void): Unsaved & { editing: Editing } {
  const client = useQueryClient();
  const { data = nothing } = useQuery<Unsaved>({ queryKey: unsavedKey, queryFn: skipToken });
  const editing = useMemo<Editing>(
    () => ({
      open: (todo) => {
        // Which of two changes should stay has to be decided first.
        if (unsavedIn(client).drafts[todo.id]?.theirs !== undefined) return;
        setDraft(client, todo.id, { seen: todo, typed: typedOf(todo) });
      },
      type: (draft, typed) => {
        setDraft(client, draft.seen.id, { ...draft, typed });
      },
      save: (seen, typed, one = false) => {
        const draft: Draft = { seen, typed, sending: true };
        setDraft(client, seen.id, changesAnything(draft) ? draft : undefined);
        if (changesAnything(draft)) {
          change({ kind: "edit", seen, fields: changesOf(seen, typed), ...(one && { one }) });
        }
      },
      skip: ({ seen }) => {
        setDraft(client, seen.id, undefined);
        change({ kind: "skip", seen });
      },
      drop: ({ seen }) => {
        setDraft(client, seen.id, undefined);
      },
    }),
    [client, change],
  );
  return { ...data, editing };
}

/** A change was saved: what was typed for it is no longer needed. */
export function forgetSaved(client: QueryClient, change: Change): void {
  const { again } = unsavedIn(client);
  // Typed once more, it is another one.
  if (change.kind === "delete" && change.todos.some(({ id }) => id === again?.id)) setUnsaved(client, { again: null });
  if (change.kind !== "edit") return;
  const draft = unsavedIn(client).drafts[change.seen.id];
  if (draft?.sending && isOf(draft, change)) setDraft(client, change.seen.id, undefined);
}

/** A change was refused: what was typed for it comes back to where it was typed. */
export function bringBack(client: QueryClient, change: Change, error: Error): void {
  const { title, drafts } = unsavedIn(client);
  const draft = change.kind === "edit" ? (drafts[change.seen.id] ?? draftOf(change)) : undefined;
  if (change.kind === "edit" && draft !== undefined && change.undoes === undefined) {
    const gone = error instanceof Problem && error.status === 404;
    // A form that was opened since shows the refused change too, and sends it again.
    setDraft(client, change.seen.id, {
      seen: change.seen,
      typed: draft.typed,
      ...(error instanceof Conflict && isOf(draft, change)
        ? { theirs: error.theirs }
        : { refusal: gone ? "This todo was deleted elsewhere." : error.message }),
    });
    return;
  }
  if (change.kind === "add") {
    const mayBeThere = !(error instanceof Problem) || error.status >= 500;
    setUnsaved(client, {
      title: [title, change.text].filter(Boolean).join(", "),
      again: mayBeThere ? { text: change.text, id: change.todo.id } : null,
    });
  }
  setUnsaved(client, { failure: error.message });
}

type Edit = Extract<Change, { kind: "edit" }>;

/** What was typed for a change whose form was opened again and left since. A tick was typed in no form. */
function draftOf({ seen, fields }: Edit): Draft | undefined {
  const draft: Draft = { seen, typed: typedOf({ ...seen, ...fields }) };
  return changesAnything(draft) ? draft : undefined;
}

function isOf({ seen, typed }: Draft, change: Edit): boolean {
  return seen.version === change.seen.version && same(changesOf(seen, typed), change.fields);
}
