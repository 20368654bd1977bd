import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/**
 * False until scripts run on the page. Buttons that send something wait for it: a form sent earlier would be sent by
 * the browser itself, past the code that handles it.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
