import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { contentSecurityPolicy } from "./telling/page.ts";

/** An Alertmanager sends at most some hundred alerts at once. */
const mostOfBody = 262_144;

/** What the kubelet, Prometheus and an Alertmanager are answered with. */
export interface Doors {
  isReady: () => boolean;
  metrics: () => Promise<{ type: string; text: string }>;
  /** The page of incidents, as HTML. */
  page: () => string;
  /** @throws when the body is not what an Alertmanager sends. */
  takeAlerts: (body: unknown) => void;
}

/** Serves the probes, the metrics and the page of incidents, and takes alerts. @param port 0 for any free one. */
export const serve = async (doors: Doors, port: number): Promise<Server> => {
  const server = createServer((request, response) => {
    answer(request, response, doors).catch(() => response.destroy());
  });
  server.maxConnections = 32;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
};

const answer = async (request: IncomingMessage, response: ServerResponse, doors: Doors): Promise<void> => {
  const end = (status: number): ServerResponse => response.writeHead(status).end();
  switch (`${request.method ?? ""} ${request.url ?? ""}`) {
    case "GET /health/live":
      return void end(200);
    case "GET /health/ready":
      return void end(doors.isReady() ? 200 : 503);
    case "GET /metrics": {
      const { type, text } = await doors.metrics();
      return void response.writeHead(200, { "content-type": type }).end(text);
    }
    case "GET /": {
      if (!isByForwardedPort(request)) return void end(404);
      const headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": contentSecurityPolicy,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      };
      return void response.writeHead(200, headers).end(doors.page());
    }
    case "POST /alerts": {
      const body = await bodyOf(request);
      if (body === undefined) return void end(413);
      try {
        doors.takeAlerts(JSON.parse(body));
      } catch {
        return void end(400);
      }
      return void end(204);
    }
    default:
      return void end(404);
  }
};

/** Names by which a browser asks its own machine: one that was led here by another name must not read the page. */
const localNames = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

interface Visit {
  socket: { remoteAddress?: string | undefined };
  headers: { host?: string | undefined };
}

/** A forwarded port comes from within the pod. It takes the right to forward ports; a port of the pod takes none. */
export const isByForwardedPort = ({ socket, headers }: Visit): boolean =>
  isLoopback(socket.remoteAddress ?? "") && localNames.test(headers.host ?? "");

const isLoopback = (address: string): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address);

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostOfBody) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
};
