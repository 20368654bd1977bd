import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./request";

const todoSchema = z.object({ id: z.uuid(), title: z.string(), done: z.boolean() });

/** One todo as the list shows it. */
export type Todo = z.output<typeof todoSchema>;

const address = "/api/backend/todos";
const key = ["todos"] as const;

/** The todos of whoever is signed in. */
export function useTodos() {
  return useQuery({ queryKey: key, queryFn: async () => z.array(todoSchema).parse(await request("GET", address)) });
}

/** Adds a todo with this title. */
export function useAddTodo() {
  return useChange(async (title: string) => {
    await request("POST", address, { title });
  });
}

/** Ticks or unticks a todo; the list shows it at once. */
export function useTickTodo() {
  return useChange(
    async ({ id, done }: { id: string; done: boolean }) => {
      await request("PATCH", `${address}/${id}`, { done });
    },
    (todos, { id, done }) => todos.map((todo) => (todo.id === id ? { ...todo, done } : todo)),
  );
}

/** Deletes a todo; the list shows it at once. */
export function useDeleteTodo() {
  return useChange(
    async (id: string) => {
      await request("DELETE", `${address}/${id}`);
    },
    (todos, id) => todos.filter((todo) => todo.id !== id),
  );
}

/** A change that shows at once if `foresee` is given, and is taken back if the server refuses it. */
function useChange<V>(send: (variables: V) => Promise<void>, foresee?: (todos: Todo[], variables: V) => Todo[]) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: key,
    mutationFn: send,
    onMutate: async (variables) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<Todo[]>(key);
      if (foresee && before) client.setQueryData(key, foresee(before, variables));
      return before;
    },
    onError: (_error, _variables, before) => {
      client.setQueryData(key, before);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
