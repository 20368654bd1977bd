import { subscribe } from "node:diagnostics_channel";

/**
 * Replaces what a caller claims about itself by what the connection says, before the framework sees the request.
 * @param {number} trustedHops reverse proxies in front whose entry in X-Forwarded-For is believed; 0 believes nobody
 */
export function believeConnections(trustedHops) {
  subscribe("http.server.request.start", (message) => {
    const { request } = /** @type {{ request: import("node:http").IncomingMessage }} */ (message);
    const { headers } = request;
    headers["x-forwarded-for"] = clientAddress(headers["x-forwarded-for"], request.socket.remoteAddress, trustedHops);
    if (trustedHops > 0) return;
    headers["x-forwarded-proto"] = "http";
    delete headers["x-forwarded-host"];
    delete headers["x-forwarded-port"];
  });
}

/**
 * The client's address: the last one that a trusted proxy wrote, else the one of the connection.
 * @param {string | string[] | undefined} forwardedFor
 * @param {string | undefined} connection
 * @param {number} trustedHops
 */
export function clientAddress(forwardedFor, connection, trustedHops) {
  const known = connection?.replace(/^::ffff:/, "") ?? "unknown";
  const claimed = String(forwardedFor ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return [...claimed, known].at(-1 - trustedHops) ?? claimed[0] ?? known;
}
