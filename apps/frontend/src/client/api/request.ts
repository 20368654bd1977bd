import { Problem, problemOf } from "./problem";

interface Options {
  readonly headers?: Record<string, string>;
  /** Gives the request up; `ask` then throws its reason. */
  readonly signal?: AbortSignal | null;
}

/** Asks this site's own server. Gives its answer, or throws a `Problem`. Changes outlive the page they are made on. */
export async function ask(
  method: string,
  path: string,
  body?: unknown,
  { headers = {}, signal = null }: Options = {},
): Promise<Response> {
  const content = body === undefined ? "" : JSON.stringify(body);
  const response = await fetch(path, {
    method,
    // Browsers refuse to send more than 64 KiB like that; a letter has at most three bytes.
    keepalive: method !== "GET" && content.length < 20_000,
    headers: {
      "x-time-zone": timeZone(),
      ...headers,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    signal,
    ...(body === undefined ? {} : { body: content }),
  }).catch(() => {
    signal?.throwIfAborted();
    throw cutOff();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Where the user is, so that the backend knows what day it is there. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The JSON of an answer, as the type that the backend's contract gives it. Throws a `Problem` of status 0 where the
 * connection ends in the middle of the answer, as it does when the page is left.
 */
export async function read<T>(answer: Response | Promise<Response>): Promise<T> {
  const response = await answer;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw error instanceof TypeError ? cutOff() : error;
  }
}

function cutOff(): Problem {
  return new Problem(0, "The server could not be reached. Check your connection and try again.");
}
