import { subscribe } from "node:diagnostics_channel";
import process from "node:process";

/**
 * Once the process is told to stop, each kept connection ends with its next answer, which says so, or when it has been
 * idle for as long as always. Node would close the idle ones at once, and with them lose a request that is just on its
 * way.
 */
export function windConnectionsDown() {
  let stopping = false;
  process.once("SIGTERM", () => {
    stopping = true;
  });
  subscribe("http.server.request.start", (message) => {
    const { response, server } =
      /** @type {{ response: import("node:http").ServerResponse, server: import("node:http").Server }} */ (message);
    // Called by `server.close`.
    server.closeIdleConnections = () => undefined;
    if (stopping) response.setHeader("connection", "close");
  });
}
