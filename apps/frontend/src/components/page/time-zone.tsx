"use client";

import { useEffect } from "react";
import { ask, timeZone } from "@/client/api/request";

/** Tells the backend where the user is, if it knows another place: it also acts when no page is open. */
export function TimeZone({ known }: { readonly known?: string | undefined }) {
  useEffect(() => {
    if (known === undefined || known === timeZone()) return;
    // The next page tries again; a zone that the backend does not know is no reason to say anything.
    ask("PATCH", "/api/backend/auth/me", { time_zone: timeZone() }).catch(() => undefined);
  }, [known]);
  return null;
}
