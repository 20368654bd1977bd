import type { Action, Change } from "./change";
import type { Todo, TodoFields } from "./todo";

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
  if (change.kind === "add") return { said: "", undo: { kind: "delete", todos: saved, undoes: true } };
  if (change.kind === "skip") return skipDone(change.seen, saved[0]);
  if (change.undoes) return null;
  if (change.kind === "place") {
    return { said: "", undo: { kind: "place", placed: change.before, before: change.placed, undoes: true } };
  }
  // The next one that this has added would come a second time.
  if (change.kind === "edit" && change.one) return null;
  if (change.kind === "edit") return editDone(change.seen, change.fields, saved[0]);
  const changes = change.kind === "complete" || change.kind === "reopen";
  const todos = changes ? change.todos.filter(({ done }) => done !== (change.kind === "complete")) : change.todos;
  if (todos.length === 0) return null;
  const undo = { kind: opposites[change.kind], todos, undoes: true } as const;
  return { said: `${words[change.kind]} ${named(todos)}`, undo };
}

function editDone(seen: Todo, fields: TodoFields, saved: Todo | undefined): Done {
  const before = Object.fromEntries(Object.keys(fields).map((name) => [name, seen[name as keyof TodoFields]]));
  const verb = fields.done === undefined ? "Changed" : words[fields.done ? "complete" : "reopen"];
  const now = { ...seen, ...fields, ...saved };
  return { said: `${verb} ${named([now])}`, undo: { kind: "edit", seen: now, fields: before, undoes: true } };
}

function skipDone(seen: Todo, saved: Todo | undefined): Done | null {
  if (saved === undefined) return null;
  const { due_date } = seen;
  return { said: `Skipped ${named([seen])}`, undo: { kind: "edit", seen: saved, fields: { due_date }, undoes: true } };
}

function named(todos: readonly Todo[]): string {
  return todos.length === 1 ? `“${todos[0]?.title ?? ""}”` : `${todos.length} todos`;
}
