import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keepUnsaved } from "@/client/kept/kept";
import { keepListCopy } from "@/client/kept/list-copy";

/** Keeps what is unsaved, and a copy of the list, in this browser while the page of this account is open. */
export function useKeeping(account: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (account === undefined) return;
    keepUnsaved(client, account);
    keepListCopy(client, account);
  }, [client, account]);
}
