import { get } from "node:http";

/** What the frontend passes on, and the backend refuses to who has no session. */
const question = "/api/backend/auth/me";

/** In milliseconds. */
const patience = 3_000;

/**
 * Whether the application answers at a URL: a pod that is ready may not be reached yet, by its Service or its policies.
 * @param url `http://HOST:PORT`. A proxy is never asked, whatever the environment says: it cannot reach this machine's loopback.
 */
export async function answers(url: string): Promise<boolean> {
  const { hostname, host, port } = new URL(url);
  return await new Promise((resolve) => {
    const options = {
      // On some systems localhost is ::1 first, and there somebody else may listen: Docker does so on this address alone.
      host: hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path: question,
      headers: { host },
      // Node's own agent follows the environment's proxies.
      agent: false,
      signal: AbortSignal.timeout(patience),
    };
    const asked = get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 401);
    });
    asked.on("error", () => resolve(false));
  });
}
