import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** An Alertmanager sends at most some hundred alerts at once. */
const mostOfBody = 262_144;

/** What the kubelet, Prometheus and an Alertmanager are answered with. */
export interface Doors {
  isReady: () => boolean;
  metrics: () => Promise<{ type: string; text: string }>;
  /** @throws when the body is not what an Alertmanager sends. */
  takeAlerts: (body: unknown) => void;
}

/** Serves the probes and the metrics, and takes alerts. @param port 0 for any free one. */
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
