import { get } from "node:http";
import { get as getSecurely } from "node:https";

/** What a URL is asked, and how an application answers that is there. */
export interface HttpAnswer {
  /** What is asked for. Defaults to `/`. */
  path?: string;
  /** The status with which the application answers. Another one is not its own. Defaults to 200. */
  status?: number;
}

/** In milliseconds. */
const patience = 3_000;

/**
 * Whether the application answers at a URL: a pod that is ready may not be reached yet, by its Service or its policies.
 * No proxy is asked, whatever the environment says: it cannot reach this machine's loopback.
 * @param url `http://HOST:PORT` or `https://HOST`.
 */
export async function answers(url: string, { path = "/", status = 200 }: HttpAnswer = {}): Promise<boolean> {
  const { hostname, host, port, protocol } = new URL(url);
  return await new Promise((resolve) => {
    const options = {
      // On some systems localhost is ::1 first, and there somebody else may listen: Docker does so on this address
      // alone.
      host: hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path,
      headers: { host },
      // Node's own agent follows the environment's proxies.
      agent: false,
      signal: AbortSignal.timeout(patience),
    };
    const asked = (protocol === "https:" ? getSecurely : get)(options, (response) => {
      response.resume();
      resolve(response.statusCode === status);
    });
    asked.on("error", () => resolve(false));
  });
}
