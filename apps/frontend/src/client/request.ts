import { Problem, problemOf } from "./problem";

/** Asks this site's own server. Gives the answer's JSON (undefined if it is empty) or throws a `Problem`. */
export async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    // A change that was just made is still sent when the page is closed or loaded again at once.
    keepalive: method !== "GET",
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  }).catch(() => {
    throw new Problem(0, "The server could not be reached. Check your connection and try again.");
  });
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? undefined : response.json();
}
