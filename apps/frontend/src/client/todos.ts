import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { inOrder } from "./order";
import type { Placed } from "./position";
import { Problem } from "./problem";
import { ask, read } from "./request";
import { todosKey, type Todo, type TodoFields } from "./todo";
import { useChange, type Pages } from "./use-change";
import { queryOf, type Wanted } from "./wanted";

const address = "/api/backend/todos";

/** One page of the list, and the cursor of the next. */
export interface Page {
  readonly todos: readonly Todo[];
  readonly next: string | null;
}

async function page(wanted: Wanted, cursor: string): Promise<Page> {
  const query = queryOf(wanted, new Date());
  if (cursor !== "") query.set("cursor", cursor);
  const answer = await ask("GET", query.size === 0 ? address : `${address}?${query}`);
  return { todos: (await answer.json()) as Todo[], next: answer.headers.get("x-next-cursor") };
}

/** The wanted todos of whoever is signed in, page by page. */
export function useTodos(wanted: Wanted) {
  return useInfiniteQuery({
    queryKey: [...todosKey, wanted],
    queryFn: ({ pageParam }) => page(wanted, pageParam),
    initialPageParam: "",
    getNextPageParam: (last: Page) => last.next,
    placeholderData: keepPreviousData,
  });
}

/** The tags of all todos that were loaded for any list so far, in alphabetical order. */
export function useKnownTags(): string[] {
  const lists = useQueryClient().getQueriesData<Pages>({ queryKey: todosKey });
  const todos = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.todos) ?? []);
  return [...new Set(todos.flatMap((todo) => todo.tags))].sort((a, b) => a.localeCompare(b));
}

/** Adds a todo that `pendingTodo` has made. */
export function useAddTodo() {
  return useChange<Todo, Todo>({
    send: ({ title }) => read<Todo>(ask("POST", address, { title })),
    foresee: (todos, added) => [added, ...todos],
    confirm: (todos, added, saved) => todos.map((todo) => (todo.id === added.id ? saved : todo)),
  });
}

/** A change of one todo. With `seen`, it is refused if the todo was changed elsewhere since it was seen like this. */
export interface TodoChange {
  readonly id: string;
  readonly fields: TodoFields;
  readonly seen?: Todo;
}

/** A change that was refused because the todo was changed elsewhere since: `theirs` is what it is now. */
export interface Conflict {
  readonly seen: Todo;
  readonly fields: TodoFields;
  readonly theirs: Todo;
}

/** Changes fields of a todo; ticks or unticks it. */
export function useChangeTodo(onConflict: (conflict: Conflict) => void) {
  return useChange<TodoChange>({
    send: async ({ id, fields, seen }) => {
      const headers: Record<string, string> = seen === undefined ? {} : { "if-match": `"${seen.version}"` };
      await ask("PATCH", `${address}/${id}`, fields, { headers }).catch(async (error: unknown) => {
        if (seen === undefined || !(error instanceof Problem) || error.status !== 412) throw error;
        onConflict({ seen, fields, theirs: await read<Todo>(ask("GET", `${address}/${id}`)) });
      });
    },
    foresee: (todos, { id, fields }) => todos.map((todo) => (todo.id === id ? { ...todo, ...fields } : todo)),
  });
}

/** Gives todos new places in the manual order. */
export function usePlaceTodos() {
  return useChange<readonly Placed[]>({
    send: async (placed) => {
      for (const { id, position } of placed) await ask("PATCH", `${address}/${id}`, { position });
    },
    foresee: (todos, placed, sort) => {
      const positions = new Map(placed.map(({ id, position }) => [id, position]));
      return inOrder(
        todos.map((todo) => ({ ...todo, position: positions.get(todo.id) ?? todo.position })),
        sort,
      );
    },
  });
}

type Action = "complete" | "delete" | "restore";

/** The most that the backend takes at once. */
const atOnce = 500;

/** Completes, deletes, or brings back todos: one or many. */
export function useBulk(action: Action) {
  return useChange<readonly Todo[]>({
    send: async (todos) => {
      const ids = todos.map((todo) => todo.id);
      for (let start = 0; start < ids.length; start += atOnce) {
        await ask("POST", `${address}/bulk`, { action, ids: ids.slice(start, start + atOnce) });
      }
    },
    foresee: (todos, changed, sort) => {
      const ids = new Set(changed.map((todo) => todo.id));
      if (action === "complete") return todos.map((todo) => (ids.has(todo.id) ? { ...todo, done: true } : todo));
      const others = todos.filter((todo) => !ids.has(todo.id));
      return action === "delete" ? others : inOrder([...changed, ...others], sort);
    },
  });
}
