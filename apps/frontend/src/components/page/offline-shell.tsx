"use client";

import { useEffect } from "react";

/** Has the browser show the list, or a page that says so, when there is no connection. */
export function OfflineShell() {
  useEffect(() => {
    // The development server changes too often, and a browser may forbid it.
    if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
    const isFirst = navigator.serviceWorker.controller === null;
    navigator.serviceWorker
      .register("/sw.js")
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => {
        if (isFirst) active?.postMessage(loadedFiles());
      })
      .catch(() => undefined);
  }, []);
  return null;
}

/** What this page needs to be shown again. */
function loadedFiles(): string[] {
  const urls = performance.getEntriesByType("resource").map(({ name }) => name);
  return urls.filter((url) => new URL(url).pathname.startsWith("/_next/static/"));
}
