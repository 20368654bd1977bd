import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useUnsent, type Pages } from "@/client/changes/changes";
import { foresee } from "@/client/changes/foresee";
import { ask, read } from "@/client/api/request";
import { isSavedSincePage } from "@/client/kept/saved";
import { todosKey, type Todo } from "./todo";
import { addressOf, queryOf, sortOf, type Wanted } from "./wanted";

const address = "/api/backend/todos";

/** One page of the list, and the cursor of the next. */
export interface Page {
  readonly todos: readonly Todo[];
  readonly next: string | null;
}

/** The beginning of a list that came with the page. */
export interface FirstList {
  readonly wanted: Wanted;
  readonly page: Page;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
}

async function page(wanted: Wanted, cursor: string): Promise<Page> {
  const query = queryOf(wanted, new Date());
  if (cursor !== "") query.set("cursor", cursor);
  const answer = await ask("GET", query.size === 0 ? address : `${address}?${query}`);
  return { todos: await read<Todo[]>(answer), next: answer.headers.get("x-next-cursor") };
}

/**
 * The wanted todos of whoever is signed in, page by page. `items` are all of them, with the changes that the server
 * does not have yet. Nothing is asked for that came with the page as `first`, unless a change was saved since.
 */
export function useTodos(wanted: Wanted, first?: FirstList) {
  const came = first !== undefined && addressOf(first.wanted) === addressOf(wanted);
  const query = useInfiniteQuery({
    queryKey: [...todosKey, wanted],
    queryFn: ({ pageParam }) => page(wanted, pageParam),
    initialPageParam: "",
    getNextPageParam: (last: Page) => last.next,
    placeholderData: keepPreviousData,
    ...(came && {
      initialData: { pages: [first.page], pageParams: [""] },
      initialDataUpdatedAt: isSavedSincePage() ? 0 : first.at,
    }),
  });
  const unsent = useUnsent();
  const sort = sortOf(wanted);
  const items = useMemo(
    () =>
      query.data &&
      unsent.reduce<readonly Todo[]>(
        (todos, change) => foresee(todos, change, sort),
        query.data.pages.flatMap((page) => page.todos),
      ),
    [query.data, unsent, sort],
  );
  return { query, items };
}

/** The tags of all todos that were loaded for any list so far, in alphabetical order. */
export function useKnownTags(): string[] {
  const lists = useQueryClient().getQueriesData<Pages>({ queryKey: todosKey });
  const todos = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.todos) ?? []);
  return [...new Set(todos.flatMap((todo) => todo.tags))].sort((a, b) => a.localeCompare(b));
}
