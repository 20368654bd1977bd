import "server-only";
import { subscribe } from "node:diagnostics_channel";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { log } from "./log";

/** As in the backend: made-up methods must not become series. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What Node says of each request to a server of this process. */
interface Started {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/**
 * Serves the metrics of this process at `/metrics` of a port of its own, which no Service of the application leads to:
 * its requests under the backend's names, and what prom-client says of Node.js.
 */
export function serveMetrics(port: number): Server {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") response.writeHead(404).end();
    else void registry.metrics().then((text) => response.setHeader("content-type", registry.contentType).end(text));
  });
  observeRequests(registry, server);
  // Without metrics the application still works.
  server.on("error", (error) => {
    log("error", "The metrics cannot be served.", { port, error: error.message });
  });
  server.listen(port);
  // A process that stops does not wait for whoever reads them.
  return server.unref();
}

/** Counts, times and gauges the requests to all servers of this process but one. */
function observeRequests(registry: Registry, except: Server): void {
  const registers = [registry];
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered; status 499 where the caller left before.",
    labelNames: ["method", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to the end of the answer.",
    labelNames: ["method"],
    registers,
  });
  const inProgress = new Gauge({
    name: "http_requests_in_progress",
    help: "Requests being answered now.",
    registers,
  });
  subscribe("http.server.request.start", (message) => {
    const { request, response, server } = message as Started;
    if (server === except) return;
    const method = methods.includes(request.method ?? "") ? (request.method ?? "") : "OTHER";
    const stop = duration.startTimer({ method });
    inProgress.inc();
    response.once("close", () => {
      stop();
      inProgress.dec();
      requests.inc({ method, status: response.writableFinished ? response.statusCode : 499 });
    });
  });
}
