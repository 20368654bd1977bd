import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/client/api/api-types";
import { useUnsent } from "@/client/changes/changes";
import { ask, read } from "@/client/api/request";
import { trashKey } from "./todo";

const address = "/api/backend/todos/trash";

/** A deleted todo. It is kept for 30 days. */
export type TrashedTodo = components["schemas"]["TrashedTodo"];

async function page(cursor: string) {
  const answer = await ask("GET", cursor === "" ? address : `${address}?${new URLSearchParams({ cursor })}`);
  return { todos: await read<TrashedTodo[]>(answer), next: answer.headers.get("x-next-cursor") };
}

/** The deleted todos, the last one first, without those that are just being brought back. */
export function useTrash() {
  const query = useInfiniteQuery({
    queryKey: trashKey,
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  });
  const leaving = new Set(
    useUnsent().flatMap((change) => (change.kind === "restore" ? change.todos.map(({ id }) => id) : [])),
  );
  const todos = query.data?.pages.flatMap((part) => part.todos).filter(({ id }) => !leaving.has(id));
  return { query, todos };
}

/** Deletes one todo of the trash for ever, or all of them. */
export function usePurge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (todo: TrashedTodo | "all") => ask("DELETE", todo === "all" ? address : `${address}/${todo.id}`),
    onSettled: () => client.invalidateQueries({ queryKey: trashKey }),
  });
}
