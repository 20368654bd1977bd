import { vi } from "vitest";
import type { BulkChanges } from "@/client/changes/change";
import { isLate } from "@/client/todos/due";
import { plainTodo, type Todo } from "@/client/todos/todo";

/** A todo to show. */
export const milk: Todo = saved("7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11", "Buy milk");

/**
 * How the fake server misbehaves: `status` for every answer, `refuse` changes, or `hold` them back or be `late` with
 * lists until that resolves.
 */
export interface Faults {
  status?: number;
  refuse?: boolean;
  hold?: Promise<unknown>;
  late?: Promise<unknown>;
}

/** Todos with these titles. */
export function todosNamed(...titles: string[]): Todo[] {
  return titles.map((title, index) => saved(`id-${index}`, title));
}

function saved(id: string, title: string): Todo {
  return { ...plainTodo(id, title), version: 1 };
}

/** Puts a server with these todos in memory in the place of `fetch`, and gives the mock of `fetch`. */
export function serve(todos: Todo[], faults: Faults = {}) {
  const deleted = new Map<string, Todo>();
  const answer = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET" } = init;
    const { pathname, searchParams } = new URL(address, "http://localhost");
    const id = pathname.split("/")[4] ?? "";
    if (address === "/api/session") return new Response(null, { status: 204 });
    if (faults.status !== undefined) return Response.json({ detail: "No luck." }, { status: faults.status });
    if (id === "parse") return Response.json(understood(JSON.parse(init.body as string) as Parsed));
    if (id === "trash") return trash(deleted, method, pathname.split("/")[5]);
    const todo = todos.find((other) => other.id === id);
    if (method === "GET" && todo === undefined) {
      const list = listed(todos, searchParams);
      await faults.late;
      return list;
    }
    if (method === "GET") return Response.json(todo);
    await faults.hold;
    if (faults.refuse) return Response.json({ detail: "Not now." }, { status: 409 });
    const change = JSON.parse(typeof init.body === "string" ? init.body : "{}") as Partial<Todo>;
    if (pathname.endsWith("/skip") && todo) {
      Object.assign(todo, { due_date: "2030-02-28", version: todo.version + 1 });
      return Response.json(todo);
    }
    if (id === "bulk") return changeMany(todos, deleted, change as unknown as Bulk);
    if (method === "POST") {
      const known = todos.find((other) => other.id === change.id) ?? deleted.get(change.id ?? "");
      if (known !== undefined) return Response.json(known);
      const added = { ...milk, id: crypto.randomUUID(), ...change };
      todos.unshift(added);
      return Response.json(added, { status: 201 });
    }
    const seen = new Headers(init.headers).get("if-match");
    if (seen !== null && seen !== `"${todo?.version ?? 0}"`)
      return Response.json({ detail: "Changed." }, { status: 412 });
    if (method === "PATCH" && todo) {
      if (searchParams.has("scope")) leaveOrRejoin(todos, todo, searchParams.get("scope"));
      Object.assign(todo, change, { version: todo.version + 1 });
    }
    return Response.json(todo ?? {});
  };
  const fetcher = vi.fn(answer);
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

interface Parsed {
  readonly text: string;
  readonly keep: readonly { readonly start: number; readonly end: number }[];
}

/** Understands "tomorrow", "every month", "!1" and tags. */
function understood({ text, keep }: Parsed) {
  const { due_date, due_time, recurrence, repeat_from, tags, priority } = milk;
  const found = { due_date, due_time, recurrence, repeat_from, tags: [...tags], priority };
  const spans: { kind: string; start: number; end: number }[] = [];
  for (const { 0: words, index } of text.matchAll(/tomorrow|every month|!1|#\w+/g)) {
    if (keep.some(({ start }) => start === index)) continue;
    const kind = { t: "due", e: "recurrence", "!": "priority", "#": "tag" }[words[0] ?? ""] ?? "";
    spans.push({ kind, start: index, end: index + words.length });
    if (kind === "due") found.due_date = "2030-01-02";
    if (kind === "recurrence") found.recurrence = "FREQ=MONTHLY";
    if (kind === "priority") found.priority = 3;
    if (kind === "tag") found.tags.push(words.slice(1));
  }
  let title = text;
  for (const { start, end } of spans.toReversed()) title = title.slice(0, start) + title.slice(end);
  return { title: title.replaceAll(/\s+/g, " ").trim(), ...found, spans };
}

function trash(deleted: Map<string, Todo>, method: string, id?: string): Response {
  if (method === "GET") {
    return Response.json([...deleted.values()].map((todo) => ({ ...todo, deleted_at: "2030-01-01T00:00:00Z" })));
  }
  if (id === undefined) deleted.clear();
  else deleted.delete(id);
  return new Response(null, { status: 204 });
}

interface Bulk {
  readonly action: "complete" | "reopen" | "delete" | "restore" | "edit";
  readonly ids: readonly string[];
  readonly changes?: BulkChanges;
}

/** With the scope `one`, the next one is added with the recurrence; `rejoin` takes it away again. */
function leaveOrRejoin(todos: Todo[], todo: Todo, scope: string | null): void {
  if (scope === "one") {
    todos.push({ ...todo, id: `after-${todo.id}` });
    todo.recurrence = null;
  }
  const next = todos.findIndex(({ id }) => id === `after-${todo.id}`);
  if (scope === "rejoin") for (const { recurrence } of todos.splice(next, 1)) Object.assign(todo, { recurrence });
}

function changeMany(todos: Todo[], deleted: Map<string, Todo>, { action, ids, changes = {} }: Bulk): Response {
  const { add_tags: added = [], remove_tags: removed = [], ...fields } = changes;
  const results = ids.map((id) => ({ id, result: "changed", detail: "" }));
  for (const [place, id] of ids.entries()) {
    const index = todos.findIndex((todo) => todo.id === id);
    const tags = [...new Set([...(todos[index]?.tags ?? []), ...added])].filter((tag) => !removed.includes(tag));
    if (action === "edit" && tags.length > 20)
      results[place] = { id, result: "refused", detail: "A todo has at most 20 tags." };
    else if (action === "edit") Object.assign(todos[index] ?? {}, fields, { tags });
    if (action === "complete") Object.assign(todos[index] ?? {}, { done: true });
    if (action === "reopen") Object.assign(todos[index] ?? {}, { done: false });
    if (action === "delete") for (const todo of todos.splice(index, 1)) deleted.set(id, todo);
    const lost = deleted.get(id);
    if (action === "restore" && lost !== undefined) {
      todos.unshift(lost);
      deleted.delete(id);
    }
  }
  return Response.json({ ids, results });
}

const pageSize = 5;

function listed(todos: Todo[], query: URLSearchParams): Response {
  const start = Number(query.get("cursor") ?? 0);
  const found = todos.filter((todo) => fits(todo, query));
  if (query.get("sort") === "title") found.sort((a, b) => a.title.localeCompare(b.title));
  if (query.get("sort") === "-position") found.sort((a, b) => b.position - a.position);
  const headers: HeadersInit = found.length > start + pageSize ? { "x-next-cursor": String(start + pageSize) } : {};
  return Response.json(found.slice(start, start + pageSize), { headers });
}

function fits(todo: Todo, query: URLSearchParams): boolean {
  const asked = (name: string, agrees: (value: string) => boolean) => {
    const value = query.get(name);
    return value === null || agrees(value);
  };
  return (
    asked("done", (done) => String(todo.done) === done) &&
    asked("q", (words) => todo.title.includes(words)) &&
    asked("tag", (tag) => todo.tags.includes(tag)) &&
    asked("priority", (priority) => String(todo.priority) === priority) &&
    asked("due", (due) => due === "overdue" && isLate(todo, new Date())) &&
    asked("due_from", (day) => todo.due_date !== null && todo.due_date >= day) &&
    asked("due_to", (day) => todo.due_date !== null && todo.due_date <= day)
  );
}
