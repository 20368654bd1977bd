import { createHash, timingSafeEqual } from "node:crypto";
import { createServer as listen } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Operations } from "./operations.ts";
import { createServer } from "./server.ts";

/** Arguments of tools are short. */
const mostOfBody = 65_536;

/**
 * Serves over streamable HTTP, on this machine alone, whoever knows the token.
 * @param port 0 for any free one.
 */
export const serveHttp = async (
  operations: Operations,
  { port, token }: { port: number; token: string },
): Promise<Server> => {
  const validateHost = localhostHostValidation();
  const validateOrigin = localhostOriginValidation();
  const handle = toNodeHandler(
    createMcpHandler(() => createServer(operations), { maxRequestBodySize: mostOfBody }),
    { maxRequestBodySize: mostOfBody },
  );
  const server = listen((request, response) => {
    if (!validateHost(request, response) || !validateOrigin(request, response)) return;
    if (!knowsToken(request, token)) {
      response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
      return;
    }
    if (new URL(request.url ?? "/", "http://localhost").pathname !== "/mcp") {
      response.writeHead(404).end();
      return;
    }
    // Of a request that a server gets, method and URL are always there.
    void handle(Object.assign(request, { method: request.method ?? "", url: request.url ?? "" }), response);
  });
  server.maxConnections = 128;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
};

const knowsToken = ({ headers }: IncomingMessage, token: string): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
