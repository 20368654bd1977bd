import { isBusy } from "./busy";
import type { Todo, TodoFields } from "./todo";
import type { Placed } from "./position";
import { inOrder } from "./order";
import { Problem } from "./problem";
import { fieldsOf, parse, todoOf, type QuickText, type Understood } from "./quick-add";
import { ask, read } from "./request";
import { same } from "./todo-form";
import type { Wanted } from "./wanted";

const address = "/api/backend/todos";

/** What is done to many todos at once. */
export type Action = "complete" | "reopen" | "delete" | "restore";

/** One change of the list, as data, so that it can be kept until the server has it. */
export type Change =
  /** Adds a todo that `todoOf` has made; `typed` is what it was made from, if the server was not heard of that yet. */
  | { readonly kind: "add"; readonly todo: Todo; readonly text: string; readonly unread?: QuickText }
  /** Changes fields of a todo that was seen like this. One that repeats may be changed without those that follow. */
  | {
      readonly kind: "edit";
      readonly seen: Todo;
      readonly fields: TodoFields;
      readonly one?: true;
      readonly undoes?: true;
    }
  /** Makes a repeating todo that was seen like this due at its next time. */
  | { readonly kind: "skip"; readonly seen: Todo }
  /** Gives todos new places in the manual order; `before` are those that they had. */
  | {
      readonly kind: "place";
      readonly placed: readonly Placed[];
      readonly before: readonly Placed[];
      readonly undoes?: true;
    }
  /** Does something to todos that were seen like this. */
  | { readonly kind: Action; readonly todos: readonly Todo[]; readonly undoes?: true };

/** An edit was refused because the same field was changed elsewhere: `theirs` is what the todo is now. */
export class Conflict extends Error {
  readonly theirs: Todo;

  constructor(theirs: Todo) {
    super(`“${theirs.title}” was changed elsewhere meanwhile.`);
    this.name = "Conflict";
    this.theirs = theirs;
  }
}

/** New todos that are just being sent. The browser finishes that by itself; sent by the next page too, they would be there twice. */
const leaving = new WeakSet<Change>();

/** Whether this is a new todo that is just being sent. */
export function isLeaving(change: Change): boolean {
  return leaving.has(change);
}

/** How long to wait before a change that found no server is sent again. */
const awaySeconds = 5;

/**
 * Tells the server. Gives the todos as it has them now, as far as it says. Throws a `Problem` or a `Conflict`. If no server
 * was found, the `Problem` says when to send again: all but a new todo, which would be there twice if only the answer was
 * lost. Calls `left` when `isLeaving` has become true.
 */
export async function send(change: Change, left: () => void): Promise<readonly Todo[]> {
  try {
    return await sendOnce(change, left);
  } catch (error) {
    const away = error instanceof Problem && error.status === 0;
    throw away && change.kind !== "add" ? new Problem(0, error.message, awaySeconds) : error;
  }
}

async function sendOnce(change: Change, left: () => void): Promise<readonly Todo[]> {
  if (change.kind === "add") return [await add(change, left)];
  if (change.kind === "edit") return [await edit(change.seen, change.fields, change.one ? "?scope=one" : "")];
  if (change.kind === "skip") return [await skip(change.seen)];
  if (change.kind === "place") return await place(change.placed);
  await bulk(change.kind, change.todos);
  return [];
}

/** For how long "tomorrow" can be read later than it was typed. */
const readableMs = 60_000;

async function add(change: Extract<Change, { kind: "add" }>, left: () => void): Promise<Todo> {
  const { todo, unread } = change;
  const fresh = unread !== undefined && Date.now() - Date.parse(todo.created_at) < readableMs;
  const made = fresh ? todoOf(unread.text, await understand(unread)) : todo;
  leaving.add(change);
  left();
  try {
    return await read<Todo>(ask("POST", address, fieldsOf({ ...made, due_date: made.due_date ?? todo.due_date })));
  } finally {
    leaving.delete(change);
  }
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
 * Changes fields of a todo as it was seen. What was changed elsewhere since stays, if it is in other fields or the same;
 * so a change of one's own that is still on its way is no conflict either.
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

async function bulk(action: Action, todos: readonly Todo[]): Promise<void> {
  const ids = todos.map((todo) => todo.id);
  for (let start = 0; start < ids.length; start += atOnce) {
    await ask("POST", `${address}/bulk`, { action, ids: ids.slice(start, start + atOnce) });
  }
}

/** What a list in this order looks like once the server has agreed. */
export function foresee(todos: readonly Todo[], change: Change, sort: Wanted["sort"]): readonly Todo[] {
  if (change.kind === "add") return [change.todo, ...todos];
  if (change.kind === "edit") {
    return todos.map((todo) => (todo.id === change.seen.id ? { ...todo, ...change.fields } : todo));
  }
  if (change.kind === "skip") return todos;
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

/** The list once the server has agreed and given these todos for it. */
export function confirm(
  todos: readonly Todo[],
  change: Change,
  saved: readonly Todo[],
  sort: Wanted["sort"],
): readonly Todo[] {
  if (change.kind === "add") return [...saved, ...todos];
  const byId = new Map(saved.map((todo) => [todo.id, todo]));
  return foresee(todos, change, sort).map((todo) => byId.get(todo.id) ?? todo);
}
