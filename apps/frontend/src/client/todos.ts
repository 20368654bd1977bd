import { useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./request";
import { todoSchema, todosKey, type Todo } from "./todo";
import { useChange } from "./use-change";

const address = "/api/backend/todos";

/** The todos of whoever is signed in, newest first. */
export function useTodos() {
  return useQuery<Todo[]>({
    queryKey: todosKey,
    queryFn: async () => z.array(todoSchema).parse(await request("GET", address)),
  });
}

/** Adds a todo with this title. */
export function useAddTodo() {
  return useChange<string>({
    send: (title) => request("POST", address, { title }),
    foresee: (todos, title) => [{ id: `pending-${todos.length}`, title, done: false, pending: true }, ...todos],
  });
}

/** What can be changed about a todo. */
export interface TodoChange {
  readonly id: string;
  readonly title?: string;
  readonly done?: boolean;
}

/** Changes the title of a todo, or ticks or unticks it. */
export function useChangeTodo() {
  return useChange<TodoChange>({
    send: ({ id, ...change }) => request("PATCH", `${address}/${id}`, change),
    foresee: (todos, change) => todos.map((todo) => (todo.id === change.id ? { ...todo, ...change } : todo)),
  });
}

/** Deletes the todo with this id. */
export function useDeleteTodo() {
  return useChange<string>({
    send: (id) => request("DELETE", `${address}/${id}`),
    foresee: (todos, id) => todos.filter((todo) => todo.id !== id),
  });
}
