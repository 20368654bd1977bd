import type { Change, ManyEdit } from "./change";
import { inOrder } from "@/client/todos/order";
import type { Todo } from "@/client/todos/todo";
import type { Wanted } from "@/client/todos/wanted";

/** What a list in this order looks like once the server has agreed. */
export function foresee(todos: readonly Todo[], change: Change, sort: Wanted["sort"]): readonly Todo[] {
  if (change.kind === "add") return todos.some(({ id }) => id === change.todo.id) ? todos : [change.todo, ...todos];
  if (change.kind === "edit") {
    return todos.map((todo) => (todo.id === change.seen.id ? { ...todo, ...change.fields } : todo));
  }
  if (change.kind === "skip") return todos;
  if (change.kind === "edit-many") return todos.map((todo) => changedBy(change.parts, todo));
  if (change.kind === "place") {
    const positions = new Map(change.placed.map(({ id, position }) => [id, position]));
    const moved = todos.map((todo) => ({ ...todo, position: positions.get(todo.id) ?? todo.position }));
    return inOrder(moved, sort);
  }
  const ids = new Set(change.todos.map((todo) => todo.id));
  const others = todos.filter((todo) => !ids.has(todo.id));
  if (change.kind === "delete") return others;
  if (change.kind === "restore") return inOrder([...change.todos, ...others], sort);
  const done = change.kind === "complete";
  return todos.map((todo) => (ids.has(todo.id) ? { ...todo, done } : todo));
}

function changedBy(parts: readonly ManyEdit[], todo: Todo): Todo {
  const changes = parts.find(({ todos }) => todos.some(({ id }) => id === todo.id))?.changes;
  if (changes === undefined) return todo;
  const { add_tags: added = [], remove_tags: removed = [], ...fields } = changes;
  const tags = [...new Set([...todo.tags, ...added])].filter((tag) => !removed.includes(tag));
  return { ...todo, ...fields, ...(fields.due_date === null && { due_time: null }), tags };
}

/** The list once the server has agreed and given these todos for it. */
export function confirm(
  todos: readonly Todo[],
  change: Change,
  saved: readonly Todo[],
  sort: Wanted["sort"],
): readonly Todo[] {
  const byId = new Map(saved.map((todo) => [todo.id, todo]));
  const agreed = change.kind === "add" ? { ...change, todo: saved[0] ?? change.todo } : change;
  return foresee(todos, agreed, sort).map((todo) => byId.get(todo.id) ?? todo);
}
