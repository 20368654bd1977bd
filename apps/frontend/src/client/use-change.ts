import { useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { todosKey, type Todo } from "./todo";
import type { Page } from "./todos";
import type { Wanted } from "./wanted";

interface Change<V, A> {
  /** Tells the server, and gives its answer. */
  readonly send: (variables: V) => Promise<A>;
  /** What a list in this order will look like when the server has agreed. */
  readonly foresee: (todos: readonly Todo[], variables: V, sort: Wanted["sort"]) => readonly Todo[];
  /** What the answer says about a list; without it, only the reload tells. */
  readonly confirm?: (todos: readonly Todo[], variables: V, answer: A) => readonly Todo[];
}

/** What the cache keeps of one list. */
export type Pages = InfiniteData<Page, string>;

/**
 * A change of the list that shows at once and is taken back if the server refuses it. Changes are sent one after the
 * other in the order in which they were made, so that the last one wins.
 */
export function useChange<V, A = unknown>({ send, foresee, confirm }: Change<V, A>) {
  const client = useQueryClient();
  const isLast = () => client.isMutating({ mutationKey: todosKey }) === 1;
  return useMutation({
    mutationKey: todosKey,
    scope: { id: "todos" },
    mutationFn: send,
    onMutate: async (variables) => {
      await client.cancelQueries({ queryKey: todosKey });
      const before = client.getQueriesData<Pages>({ queryKey: todosKey });
      for (const [key, data] of before) {
        const { sort } = key[1] as Wanted;
        if (data)
          client.setQueryData(
            key,
            mapTodos(data, (todos) => foresee(todos, variables, sort)),
          );
      }
      return before;
    },
    onSuccess: (answer, variables) => {
      if (confirm === undefined) return;
      client.setQueriesData<Pages>(
        { queryKey: todosKey },
        (data) => data && mapTodos(data, (todos) => confirm(todos, variables, answer)),
      );
    },
    onError: (_error, _variables, before) => {
      // While other changes wait, going back to `before` would hide them; the reload below puts everything right.
      if (isLast()) for (const [key, data] of before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => (isLast() ? client.invalidateQueries({ queryKey: todosKey }) : undefined),
  });
}

/** Changes the todos of all pages as if they were one list; what is new goes on the first page. */
function mapTodos(data: Pages, change: (todos: readonly Todo[]) => readonly Todo[]): Pages {
  const changed = change(data.pages.flatMap((page) => page.todos));
  const pages = data.pages.map((page, index) => ({ ...page, todos: index === 0 ? changed : [] }));
  return { ...data, pages };
}
