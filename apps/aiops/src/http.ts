import { createHash, timingSafeEqual } from "node:crypto";
import { createServer as listen } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { McpServer } from "@modelcontextprotocol/server";

/** Arguments of tools are short. */
const mostOfBody = 65_536;

/**
 * Serves over streamable HTTP, on the loopback interface alone, whoever knows a token.
 * @param serverFor makes the server for one request of a person.
 * @param port 0 for any free one.
 * @param tokens the token of each person, by name.
 */
export const serveHttp = async (
  serverFor: (person: string) => McpServer,
  { port, tokens }: { port: number; tokens: Map<string, string> },
): Promise<Server> => {
  const validateHost = localhostHostValidation();
  const validateOrigin = localhostOriginValidation();
  const limit = { maxRequestBodySize: mostOfBody };
  const handlers = new Map(
    [...tokens.keys()].map((person) => [
      person,
      toNodeHandler(
        createMcpHandler(() => serverFor(person), limit),
        limit,
      ),
    ]),
  );
  const server = listen((request, response) => {
    if (!validateHost(request, response) || !validateOrigin(request, response)) return;
    const person = personOf(request, tokens);
    const handle = person === undefined ? undefined : handlers.get(person);
    if (handle === undefined) {
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

/** Whose token a request has. */
const personOf = ({ headers }: IncomingMessage, tokens: Map<string, string>): string | undefined => {
  const given = digest(headers.authorization ?? "");
  return [...tokens].find(([, token]) => timingSafeEqual(given, digest(`Bearer ${token}`)))?.[0];
};

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
