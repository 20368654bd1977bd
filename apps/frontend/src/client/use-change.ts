import { useMutation, useQueryClient } from "@tanstack/react-query";
import { todosKey, type Todo } from "./todo";

interface Change<V> {
  /** Tells the server. */
  readonly send: (variables: V) => Promise<unknown>;
  /** What the list will look like when the server has agreed. */
  readonly foresee: (todos: readonly Todo[], variables: V) => Todo[];
}

/**
 * A change of the list that shows at once and is taken back if the server refuses it. Changes are sent one after the
 * other in the order in which they were made, so that the last one wins.
 */
export function useChange<V>({ send, foresee }: Change<V>) {
  const client = useQueryClient();
  const isLast = () => client.isMutating({ mutationKey: todosKey }) === 1;
  return useMutation({
    mutationKey: todosKey,
    scope: { id: "todos" },
    mutationFn: send,
    onMutate: async (variables) => {
      await client.cancelQueries({ queryKey: todosKey });
      const before = client.getQueryData<Todo[]>(todosKey);
      if (before) client.setQueryData(todosKey, foresee(before, variables));
      return before;
    },
    onError: (_error, _variables, before) => {
      // While other changes wait, going back to `before` would hide them; the reload below puts everything right.
      if (isLast()) client.setQueryData(todosKey, before);
    },
    onSettled: () => (isLast() ? client.invalidateQueries({ queryKey: todosKey }) : undefined),
  });
}
