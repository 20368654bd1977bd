import { useMemo, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const replaceState = window.history.replaceState.bind(window.history);

window.history.replaceState = (...state) => {
  replaceState(...state);
  for (const listener of listeners) listener();
};

/** Stands in for Next's hook of this name, which follows the address in the same way but needs Next around it. */
export function useSearchParams(): URLSearchParams {
  const search = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    // Tests replace `window.location`.
    () => document.location.search,
    () => document.location.search,
  );
  return useMemo(() => new URLSearchParams(search), [search]);
}

/** Stands in for Next's router, which loads pages: the address changes, and nothing else. */
export function useRouter() {
  return {
    push: (address: string) => {
      window.history.replaceState(null, "", address);
    },
  };
}
