import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keepUnsaved } from "@/client/kept";

/** Keeps what is unsaved in this browser while the page of this account is open. */
export function useKeeping(account: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (account !== undefined) keepUnsaved(client, account);
  }, [client, account]);
}
