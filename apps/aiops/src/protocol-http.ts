import { createHash, timingSafeEqual } from "node:crypto";
import { createServer as listen } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { McpServer } from "@modelcontextprotocol/server";

/** Arguments of tools are short. */
const mostOfBody = 65_536;

/** Access tokens that an authorization server issues: https://modelcontextprotocol.io/specification/draft/basic/authorization */
export interface SignIn {
  /** Who may call. */
  people: string[];
  /** Where a client without a token reads who issues them, and what it reads there (RFC 9728). */
  metadata: { url: URL; content: object };
  /** Whose token it is; undefined for nobody's. @throws when that cannot be found out now. */
  personOf: (token: string) => Promise<string | undefined>;
}

/**
 * Serves over streamable HTTP, on the loopback interface alone, whoever has a token.
 * @param serverFor makes the server for one request of a person.
 * @param port 0 for any free one.
 * @param tokens the token of each person, by name.
 * @param signIn accepts other tokens; undefined where nobody issues any.
 */
export const serveHttp = async (
  serverFor: (person: string) => McpServer,
  { port, tokens, signIn }: { port: number; tokens: Map<string, string>; signIn?: SignIn | undefined },
): Promise<Server> => {
  const validateHost = localhostHostValidation();
  const validateOrigin = localhostOriginValidation();
  const limit = { maxRequestBodySize: mostOfBody };
  const handlers = new Map(
    [...tokens.keys(), ...(signIn?.people ?? [])].map((person) => [
      person,
      toNodeHandler(
        createMcpHandler(() => serverFor(person), limit),
        limit,
      ),
    ]),
  );
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!validateHost(request, response) || !validateOrigin(request, response)) return;
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (signIn !== undefined && isMetadata(pathname, signIn)) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(signIn.metadata.content));
      return;
    }
    const token = tokenOf(request);
    const person = personByToken(token, tokens) ?? (await signIn?.personOf(token));
    const handle = person === undefined ? undefined : handlers.get(person);
    if (handle === undefined) {
      response.writeHead(401, { "WWW-Authenticate": challenge(token, signIn) }).end();
      return;
    }
    if (pathname !== "/mcp") {
      response.writeHead(404).end();
      return;
    }
    // Of a request that a server gets, method and URL are always there.
    await handle(Object.assign(request, { method: request.method ?? "", url: request.url ?? "" }), response);
  };
  const server = listen((request, response) => {
    // Whoever cannot be known now may be let in later.
    answer(request, response).catch(() => (response.headersSent ? response.destroy() : response.writeHead(503).end()));
  });
  server.maxConnections = 128;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
};

/** Clients look under the path of what they call first, then without it. */
const isMetadata = (pathname: string, { metadata }: SignIn): boolean =>
  pathname === metadata.url.pathname || pathname === "/.well-known/oauth-protected-resource";

/** What a client without a good token is told: RFC 6750, section 3, and RFC 9728, section 5.1. */
const challenge = (token: string, signIn: SignIn | undefined): string => {
  if (signIn === undefined) return "Bearer";
  const where = `Bearer resource_metadata="${signIn.metadata.url.href}"`;
  return token === "" ? where : `${where}, error="invalid_token"`;
};

/** Empty where there is none. The scheme may be written in any case. */
const tokenOf = ({ headers }: IncomingMessage): string =>
  /^bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";

const personByToken = (given: string, tokens: Map<string, string>): string | undefined =>
  [...tokens].find(([, token]) => token !== "" && timingSafeEqual(digest(given), digest(token)))?.[0];

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
