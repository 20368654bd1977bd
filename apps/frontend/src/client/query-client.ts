import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";
import { leave } from "./session";

/** The cache of what the backend said. A session that has ended leads to the sign-in page from wherever it shows. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.options.mutationKey?.[0] === "todos") leaveIfSignedOut(error);
      },
    }),
    defaultOptions: { queries: { retry: retryIfPassing, staleTime: 10_000 } },
  });
}

function leaveIfSignedOut(error: Error): void {
  if (error instanceof Problem && error.status === 401) void leave();
}

function retryIfPassing(failures: number, error: Error): boolean {
  const passing = !(error instanceof Problem) || error.status === 0 || error.status >= 500;
  return passing && failures < 2;
}
