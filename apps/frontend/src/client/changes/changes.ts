import {
  skipToken,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import { isAway, isBusy, retryChange, waitMs } from "@/client/api/busy";
import type { Change } from "./change";
import { confirm } from "./foresee";
import { Problem } from "@/client/api/problem";
import { noteSaved } from "@/client/kept/saved";
import { send } from "./send-change";
import { todosKey, trashKey, type Todo } from "@/client/todos/todo";
import type { Page } from "@/client/todos/todos";
import { doneBy, type Done } from "./undo";
import { bringBack, forgetSaved, setUnsaved } from "@/client/kept/unsaved";
import { sortOf, type Wanted } from "@/client/todos/wanted";

const changeKey = [...todosKey, "change"] as const;
const doneKey = ["done"] as const;

/** How many of the last changes can be taken back. */
const remembered = 10;

/** What the cache keeps of one list. */
export type Pages = InfiniteData<Page, string>;

/**
 * Says once for all pages what becomes of changes. They are sent one after the other in the order in which they were
 * made, so that the last one wins. A refused one gives back what was typed for it.
 */
export function handleChanges(client: QueryClient): void {
  const isLast = () => client.isMutating({ mutationKey: todosKey }) === 1;
  client.setQueryDefaults(doneKey, { staleTime: Infinity, gcTime: Infinity });
  client.setMutationDefaults<readonly Todo[], Error, Change>(changeKey, {
    scope: { id: "todos" },
    mutationFn: send,
    retry: retryChange,
    retryDelay: waitMs,
    onMutate: async () => {
      setUnsaved(client, { failure: "" });
      await client.cancelQueries({ queryKey: todosKey });
    },
    onSuccess: (saved, change) => {
      noteSaved();
      writeDown(client, change, saved);
      forgetSaved(client, change);
      remember(client, doneBy(change, saved));
    },
    onError: (error, change) => {
      // What ended with the session is sent after the next sign-in.
      if (!(error instanceof Problem && error.status === 401)) bringBack(client, change, error);
    },
    onSettled: async () => {
      if (!isLast()) return;
      // A list that a page asks for while it takes a change over may come without the change.
      await client.cancelQueries({ queryKey: todosKey });
      void client.invalidateQueries({ queryKey: todosKey });
      void client.invalidateQueries({ queryKey: trashKey });
    },
  });
}

/** What makes a change: it shows at once, and is taken back if the server refuses it. */
export function useChange(): (change: Change) => void {
  return useMutation<readonly Todo[], Error, Change>({ mutationKey: changeKey }).mutate;
}

/** The changes that the server does not have yet, in the order in which they were made. */
export function useUnsent(): readonly Change[] {
  return useMutationState({
    filters: { mutationKey: changeKey, status: "pending" },
    select: (mutation) => mutation.state.variables as Change,
  });
}

/** Why a change waits to be sent again, if one does: the server is busy, or there is none. */
export function useWaiting(): "busy" | "away" | undefined {
  const reasons = useMutationState({
    filters: { mutationKey: changeKey, status: "pending" },
    select: ({ state: { failureReason } }) => {
      if (isAway(failureReason)) return "away";
      return isBusy(failureReason) ? "busy" : undefined;
    },
  });
  return reasons.find((reason) => reason !== undefined);
}

/** The last change that can be taken back, and what takes it back. */
export function useUndo(change: (change: Change) => void): { last: Done | undefined; undo: () => void } {
  const client = useQueryClient();
  const { data: done = [] } = useQuery<readonly Done[]>({ queryKey: doneKey, queryFn: skipToken });
  const last = done.at(-1);
  const undo = () => {
    if (last === undefined) return;
    client.setQueryData(doneKey, done.slice(0, -1));
    change(last.undo);
  };
  return { last, undo };
}

/** All lists as they are once the change is saved. */
function writeDown(client: QueryClient, change: Change, saved: readonly Todo[]): void {
  for (const [key, data] of client.getQueriesData<Pages>({ queryKey: todosKey })) {
    const sort = sortOf(key[1] as Wanted);
    if (data !== undefined) {
      client.setQueryData(
        key,
        mapTodos(data, (todos) => confirm(todos, change, saved, sort)),
      );
    }
  }
}

function remember(client: QueryClient, done: Done | null): void {
  if (done === null) return;
  client.setQueryData<readonly Done[]>(doneKey, (before = []) => [...before, done].slice(-remembered));
}

/** Changes the todos of all pages as if they were one list; what is new goes on the first page. */
function mapTodos(data: Pages, change: (todos: readonly Todo[]) => readonly Todo[]): Pages {
  const changed = change(data.pages.flatMap((page) => page.todos));
  const pages = data.pages.map((page, index) => ({ ...page, todos: index === 0 ? changed : [] }));
  return { ...data, pages };
}
