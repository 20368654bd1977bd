import { useCallback, useState } from "react";
import type { Todo } from "@/client/todos/todo";

/** Which of the shown todos are selected, while somebody selects. */
export interface Selection {
  readonly chosen: readonly Todo[];
  readonly has: (todo: Todo) => boolean;
  readonly toggle: (todo: Todo) => void;
  /** Selects all shown todos, or none. */
  readonly setAll: (all: boolean) => void;
}

/**
 * The selection, or null while nobody selects; and what starts and stops selecting. What is not shown is not selected.
 */
export function useSelection(shown: readonly Todo[]): [Selection | null, (selecting: boolean) => void] {
  const [ids, setIds] = useState<ReadonlySet<string> | null>(null);
  const select = useCallback((selecting: boolean) => {
    setIds(selecting ? new Set() : null);
  }, []);
  if (ids === null) return [null, select];
  const selection: Selection = {
    chosen: shown.filter((todo) => ids.has(todo.id)),
    has: (todo) => ids.has(todo.id),
    toggle: ({ id }) => {
      setIds(ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id]));
    },
    setAll: (all) => {
      setIds(new Set(all ? shown.filter((todo) => todo.pending !== true).map((todo) => todo.id) : []));
    },
  };
  return [selection, select];
}
