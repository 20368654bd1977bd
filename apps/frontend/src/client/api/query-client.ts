import { MutationCache, notifyManager, onlineManager, QueryCache, QueryClient } from "@tanstack/react-query";
import { isBusy, retryIfBusy, waitMs } from "./busy";
import { handleChanges } from "@/client/changes/changes";
import { Problem } from "./problem";
import { leave } from "./own-session";
import { todosKey } from "@/client/todos/todo";
import { unsavedKey } from "@/client/kept/unsaved";

// A page shows what a key has done before the next key arrives: a form that opens later would miss what is typed for
// it.
notifyManager.setScheduler(queueMicrotask);

/** The cache of what the backend said. A session that has ended leads to the sign-in page from wherever it shows. */
export function newQueryClient(): QueryClient {
  // It hears of changes only, and a page may be opened without a connection. On the server there is no saying.
  if (typeof window !== "undefined" && !navigator.onLine) onlineManager.setOnline(false);
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.options.mutationKey?.[0] === todosKey[0]) leaveIfSignedOut(error);
      },
    }),
    defaultOptions: { queries: { retry: retryIfPassing, retryDelay: waitMs, staleTime: 10_000 } },
  });
  client.setQueryDefaults(unsavedKey, { staleTime: Infinity, gcTime: Infinity });
  handleChanges(client);
  return client;
}

function leaveIfSignedOut(error: Error): void {
  if (error instanceof Problem && error.status === 401) void leave();
}

function retryIfPassing(failures: number, error: Error): boolean {
  if (isBusy(error)) return retryIfBusy(failures, error);
  const passing = !(error instanceof Problem) || error.status === 0 || error.status >= 500;
  return passing && failures < 2;
}
