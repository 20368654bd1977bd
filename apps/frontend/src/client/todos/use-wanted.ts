import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { addressOf, wantedFrom, type Wanted } from "./wanted";

/** Chooses some of what is wanted, and leaves the rest as it is. */
export type Choose = (change: Partial<Wanted>) => void;

/** Which todos are wanted, kept in the page's address so that a reload, a bookmark or a shared link keeps it too. */
export function useWanted(): readonly [wanted: Wanted, choose: Choose] {
  const query = useSearchParams();
  const wanted = useMemo(() => wantedFrom(query), [query]);
  return [wanted, choose];
}

/**
 * The page stays: Next follows the address without asking the server again, a moment later. So what was chosen last is
 * in the address, and not yet on the page.
 */
function choose(change: Partial<Wanted>): void {
  const last = wantedFrom(new URLSearchParams(window.location.search));
  window.history.replaceState(null, "", addressOf({ ...last, ...change }));
}
