"use client";

import { useEffect } from "react";

/** Has the browser show a page of this site when there is no connection. */
export function OfflineShell() {
  useEffect(() => {
    // The development server changes too often, and a browser may forbid it.
    if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
    navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  }, []);
  return null;
}
