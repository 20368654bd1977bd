import { vi } from "vitest";
import type { Todo } from "@/client/todo";

/** A todo to show. */
export const milk: Todo = { id: "7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11", title: "Buy milk", done: false };

/** How the fake server misbehaves: `status` for every answer, `refuse` changes, or `hold` them back until it resolves. */
export interface Faults {
  status?: number;
  refuse?: boolean;
  hold?: Promise<unknown>;
}

/** Todos with these titles. */
export function todosNamed(...titles: string[]): Todo[] {
  return titles.map((title, index) => ({ id: `id-${index}`, title, done: false }));
}

/** Puts a server with these todos in memory in the place of `fetch`, and gives the mock of `fetch`. */
export function serve(todos: Todo[], faults: Faults = {}) {
  const answer = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET" } = init;
    const id = address.split("/").at(-1);
    if (address === "/api/session") return new Response(null, { status: 204 });
    if (faults.status !== undefined) return Response.json({ detail: "No luck." }, { status: faults.status });
    if (method === "GET") return Response.json(todos);
    await faults.hold;
    if (faults.refuse) return Response.json({ detail: "Not now." }, { status: 409 });
    const change = JSON.parse(typeof init.body === "string" ? init.body : "{}") as Partial<Todo>;
    if (method === "POST") todos.unshift({ ...milk, id: crypto.randomUUID(), ...change });
    if (method === "PATCH") Object.assign(todos.find((todo) => todo.id === id) ?? {}, change);
    if (method === "DELETE")
      todos.splice(
        todos.findIndex((todo) => todo.id === id),
        1,
      );
    return new Response(null, { status: 204 });
  };
  const fetcher = vi.fn(answer);
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}
