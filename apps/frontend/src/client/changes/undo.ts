import type { Action, BulkChanges, Change, ManyEdit } from "./change";
import type { Todo } from "@/client/todos/todo";

/** Something that was done, and what takes it back. */
export interface Done {
  /** What to say of it; "" where that is in plain sight. */
  readonly said: string;
  readonly undo: Change;
}

const opposites = { complete: "reopen", reopen: "complete", delete: "restore", restore: "delete" } as const;
const words: Record<Action, string> = {
  complete: "Completed",
  reopen: "Reopened",
  delete: "Deleted",
  restore: "Brought back",
};

/** What the change has done, given the todos that the server answered with. Null if that is nothing to take back. */
export function doneBy(change: Change, saved: readonly Todo[]): Done | null {
  if (change.kind === "add") {
    return { said: "", undo: { kind: "delete", todos: saved, undoes: true } };
  }
  if (change.kind === "skip") return skipDone(change.seen, saved[0]);
  if (change.undoes) return null;
  if (change.kind === "place") {
    return { said: "", undo: { kind: "place", placed: change.before, before: change.placed, undoes: true } };
  }
  if (change.kind === "edit") return editDone(change, saved[0]);
  if (change.kind === "edit-many") return manyDone(change.parts);
  const changes = change.kind === "complete" || change.kind === "reopen";
  const todos = changes ? change.todos.filter(({ done }) => done !== (change.kind === "complete")) : change.todos;
  if (todos.length === 0) return null;
  const undo = { kind: opposites[change.kind], todos, undoes: true } as const;
  return { said: `${words[change.kind]} ${named(todos)}`, undo };
}

function editDone({ seen, fields, one }: Extract<Change, { kind: "edit" }>, saved: Todo | undefined): Done {
  const before = Object.fromEntries(Object.keys(fields).map((name) => [name, seen[name as keyof Todo]]));
  const verb = fields.done === undefined ? "Changed" : words[fields.done ? "complete" : "reopen"];
  const now = { ...seen, ...fields, ...saved };
  // The one that follows goes again, else it would come a second time.
  const back = one ? { fields: { ...before, recurrence: seen.recurrence }, rejoins: one } : { fields: before };
  return { said: `${verb} ${named([now])}`, undo: { kind: "edit", seen: now, ...back, undoes: true } };
}

/** Todos that were alike in what was changed are changed back together. */
function manyDone(parts: readonly ManyEdit[]): Done {
  const back = parts.flatMap(({ todos, changes }) => {
    const groups = Object.groupBy(todos, (todo) => JSON.stringify(changesBack(todo, changes)));
    return Object.entries(groups).map(([before, alike = []]) => ({
      todos: alike,
      changes: JSON.parse(before) as BulkChanges,
    }));
  });
  const all = parts.flatMap(({ todos }) => todos);
  return { said: `Changed ${named(all)}`, undo: { kind: "edit-many", parts: back, undoes: true } };
}

function changesBack(todo: Todo, { add_tags = [], remove_tags = [], ...fields }: BulkChanges): BulkChanges {
  const names = Object.keys(fields) as (keyof typeof fields)[];
  // A day that goes takes its time along.
  if (names.includes("due_date")) names.push("due_time");
  return {
    ...Object.fromEntries(names.map((name) => [name, todo[name]])),
    add_tags: remove_tags.filter((tag) => todo.tags.includes(tag)),
    remove_tags: add_tags.filter((tag) => !todo.tags.includes(tag)),
  };
}

function skipDone(seen: Todo, saved: Todo | undefined): Done | null {
  if (saved === undefined) return null;
  const { due_date } = seen;
  return { said: `Skipped ${named([seen])}`, undo: { kind: "edit", seen: saved, fields: { due_date }, undoes: true } };
}

function named(todos: readonly Todo[]): string {
  return todos.length === 1 ? `“${todos[0]?.title ?? ""}”` : `${todos.length} todos`;
}
