"use client";

import { onlineManager } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";

/** Says so while the browser has no connection. Changes made meanwhile wait, and are sent when it is back. */
export function OfflineBanner() {
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
    () => true,
  );
  return (
    <div role="status">
      {!online && (
        <p className="mt-4 flex items-center gap-3 rounded-xl bg-tint px-4 py-3 text-sm">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          You are offline. Changes wait here and are saved when the connection is back.
        </p>
      )}
    </div>
  );
}
