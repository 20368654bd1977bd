import type { Agent as AnyAgent } from "node:http";
import { Agent, request } from "node:https";
import { readOwnAccess } from "./kubeconfig.ts";
import type { ContextRef } from "./kubeconfig.ts";

/** A way to an API server, open until its agent is destroyed. */
export interface Connection {
  server: string;
  agent: AnyAgent;
  /** What each request says besides, such as a token. */
  headers: Record<string, string>;
}

/** Long enough for a loaded machine; a stopped node does not answer at all. */
const patience = 5_000;

/** The API server answered, but not with what was asked for. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, path: string) {
    super(`the Kubernetes API answered ${status} to ${path}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/** What the API server was asked for; undefined where it answers that there is no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Connects to the stack's cluster: its own Minikube, or the one with the id that is named.
 * @throws Error when the context is not there, or leads to another cluster.
 */
export async function connectTo(ref: ContextRef): Promise<Connection> {
  if (ref.clusterId !== undefined) {
    // Loaded only when needed: Kubernetes' client is large.
    const { connectToExisting } = await import("./existing-access.ts");
    return await connectToExisting({ ...ref, clusterId: ref.clusterId });
  }
  const { server, ...certificates } = await readOwnAccess(ref);
  return { server, agent: new Agent({ ...certificates, keepAlive: true, maxSockets: 6 }), headers: {} };
}

/**
 * Asks an API server.
 * @param path with its query, relative to the server's address.
 * @param sent an object for it, and the type of its text.
 * @returns the text of the answer.
 * @throws ApiError when the answer is no success, or Error when there is none.
 */
export function ask(
  { server, agent, headers }: Connection,
  method: string,
  path: string,
  sent?: { body: object; type: string },
): Promise<string> {
  // A server may have a path of its own, as behind Rancher.
  const url = new URL(`${server.replace(/\/+$/, "")}${path}`);
  const all = sent === undefined ? headers : { ...headers, "Content-Type": sent.type };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: all, agent, timeout: patience }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(Buffer.concat(chunks).toString());
        else reject(new ApiError(statusCode, url.pathname));
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("the Kubernetes API does not answer")));
    asked.on("error", reject);
    asked.end(sent === undefined ? undefined : JSON.stringify(sent.body));
  });
}
