import "server-only";
import type { FirstList } from "@/client/todos/todos";
import { queryOf, wantedFrom } from "@/client/todos/wanted";
import { sessionCall } from "@/server/session/current-user";
import { environment } from "@/server/environment";
import { log } from "@/server/log";
import { readBackend } from "./read-backend";

/** Longer than that, and the page is better shown without its todos. */
const mostMs = 1000;

/**
 * The first todos of the list that the query of the page's address asks for, so that they come with the page. Undefined
 * if the backend does not give them in time, or only the browser can ask for them, since it alone knows what day it is
 * there.
 */
export async function firstList(query: Pick<URLSearchParams, "get">): Promise<FirstList | undefined> {
  const wanted = wantedFrom(query);
  const headers = await sessionCall();
  if (headers === null || wanted.view !== "" || wanted.due !== "") return undefined;
  try {
    const url = `${environment().BACKEND_URL}/api/v1/todos?${queryOf(wanted, new Date())}`;
    const signal = AbortSignal.timeout(mostMs);
    const { statusCode, headers: answered, body } = await readBackend(url, { headers, signal });
    if (statusCode !== 200) {
      await body.dump();
      return undefined;
    }
    const next = answered["x-next-cursor"];
    const page = {
      todos: (await body.json()) as FirstList["page"]["todos"],
      next: typeof next === "string" ? next : null,
    };
    return { wanted, page, at: Date.now() };
  } catch (error) {
    log("warn", "A page is shown without its todos.", { error: String(error) });
    return undefined;
  }
}
