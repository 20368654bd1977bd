import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { addressOf, wantedFrom, type Wanted } from "./wanted";

/** Which todos are wanted, kept in the page's address so that a reload, a bookmark or a shared link keeps it too. */
export function useWanted(): readonly [wanted: Wanted, choose: (wanted: Wanted) => void] {
  const query = useSearchParams();
  const wanted = useMemo(() => wantedFrom(query), [query]);
  return [wanted, choose];
}

/** The page stays: Next follows the address without asking the server again. */
function choose(wanted: Wanted): void {
  window.history.replaceState(null, "", addressOf(wanted));
}
