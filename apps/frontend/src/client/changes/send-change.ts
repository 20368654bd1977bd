import type { components } from "@/client/api/api-types";
import { isBusy } from "@/client/api/busy";
import { Conflict, type Action, type BulkChanges, type Change } from "./change";
import type { Placed } from "@/client/todos/position";
import { Problem } from "@/client/api/problem";
import { fieldsOf, parse, todoOf, type QuickText, type Understood } from "@/client/todos/quick-add";
import { ask, read } from "@/client/api/request";
import type { Todo, TodoFields } from "@/client/todos/todo";
import { same } from "@/client/todos/todo-form";

type BulkResult = components["schemas"]["BulkResult"];

const address = "/api/backend/todos";

/** How long to wait before a change that found no server is sent again. */
const awaySeconds = 5;

/**
 * Tells the server. Gives the todos as it has them now, as far as it says. Throws a `Problem` or a `Conflict`. If no
 * server was found, the `Problem` says when to send again: what the server has done already, it does not do twice.
 */
export async function send(change: Change): Promise<readonly Todo[]> {
  try {
    return await sendOnce(change);
  } catch (error) {
    const away = error instanceof Problem && error.status === 0;
    throw away ? new Problem(0, error.message, awaySeconds) : error;
  }
}

async function sendOnce(change: Change): Promise<readonly Todo[]> {
  if (change.kind === "add") return [await add(change)];
  if (change.kind === "edit") return [await edit(change.seen, change.fields, scopeOf(change))];
  if (change.kind === "edit-many") {
    for (const { todos, changes } of change.parts) await bulk("edit", todos, changes);
    return [];
  }
  if (change.kind === "skip") return [await skip(change.seen)];
  if (change.kind === "place") return await place(change.placed);
  await bulk(change.kind, change.todos);
  return [];
}

function scopeOf({ one, rejoins }: Extract<Change, { kind: "edit" }>): string {
  if (one) return "?scope=one";
  return rejoins ? "?scope=rejoin" : "";
}

/** For how long "tomorrow" can be read later than it was typed. */
const readableMs = 60_000;

/** The server gives the todo that it has under this id, if it was told of it before. */
async function add({ todo, unread }: Extract<Change, { kind: "add" }>): Promise<Todo> {
  const fresh = unread !== undefined && Date.now() - Date.parse(todo.created_at) < readableMs;
  const made = fresh ? todoOf(unread.text, await understand(unread)) : todo;
  const { id, ...fields } = fieldsOf({ ...made, id: todo.id, due_date: made.due_date ?? todo.due_date });
  try {
    return await read<Todo>(ask("POST", address, { id, ...fields }));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error;
  }
  // A backend of the release before, which is just being replaced, takes no id.
  return await read<Todo>(ask("POST", address, fields));
}

/** A text that the server does not read is all title. */
async function understand(text: QuickText): Promise<Understood | undefined> {
  try {
    return await parse(text);
  } catch (error) {
    if (error instanceof Problem && error.status >= 400 && !isBusy(error)) return undefined;
    throw error;
  }
}

/** A todo that is due at another time by now was skipped by a request whose answer was lost. */
async function skip(seen: Todo): Promise<Todo> {
  try {
    const headers = { "if-match": `"${seen.version}"` };
    return await read<Todo>(ask("POST", `${address}/${seen.id}/skip`, undefined, { headers }));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
  }
  const now = await read<Todo>(ask("GET", `${address}/${seen.id}`));
  return now.due_date === seen.due_date ? await skip(now) : now;
}

/**
 * Changes fields of a todo as it was seen. What was changed elsewhere since stays, if it is in other fields or the
 * same; so a change of one's own that is still on its way is no conflict either.
 */
async function edit(seen: Todo, fields: TodoFields, query: string): Promise<Todo> {
  try {
    const headers = { "if-match": `"${seen.version}"` };
    return await read<Todo>(ask("PATCH", `${address}/${seen.id}${query}`, fields, { headers }));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
  }
  const theirs = await read<Todo>(ask("GET", `${address}/${seen.id}`));
  const touched = (Object.keys(fields) as (keyof TodoFields)[]).some(
    (name) => !same(theirs[name], seen[name]) && !same(theirs[name], fields[name]),
  );
  if (touched) throw new Conflict(theirs);
  return await edit(theirs, fields, query);
}

async function place(placed: readonly Placed[]): Promise<readonly Todo[]> {
  const todos: Todo[] = [];
  for (const { id, position } of placed) todos.push(await read<Todo>(ask("PATCH", `${address}/${id}`, { position })));
  return todos;
}

/** The most that the backend takes at once. */
const atOnce = 500;

async function bulk(action: Action | "edit", todos: readonly Todo[], changes?: BulkChanges): Promise<void> {
  const ids = todos.map((todo) => todo.id);
  for (let start = 0; start < ids.length; start += atOnce) {
    const part = { action, ids: ids.slice(start, start + atOnce), changes };
    const { results } = await read<BulkResult>(ask("POST", `${address}/bulk`, part));
    const refused = results.filter(({ result }) => result === "refused");
    if (refused.length > 0) {
      throw new Problem(422, `${refused.length} of ${ids.length} todos did not change. ${refused[0]?.detail ?? ""}`);
    }
  }
}
