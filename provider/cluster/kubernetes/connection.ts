import type { Agent as AnyAgent } from "node:http";
import { Agent, request } from "node:https";
import { readOwnAccess } from "./kubeconfig.ts";
import type { Access, ContextRef } from "./kubeconfig.ts";

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

/** The API server has said nothing for as long as it may. */
export class SilentServer extends Error {
  constructor() {
    super("the Kubernetes API does not answer");
    this.name = "SilentServer";
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
 * Connects to the stack's cluster: its own Minikube, or the one with the id that is named. It is asked who it is before
 * anything else.
 * @throws Error when the context is not there, or leads to another cluster.
 */
export async function connectTo(ref: ContextRef): Promise<Connection> {
  if (ref.clusterId !== undefined) {
    // Loaded only when needed: Kubernetes' client is large.
    const { connectToExisting } = await import("./existing-access.ts");
    return await connectToExisting({ ...ref, clusterId: ref.clusterId });
  }
  return await connectToOwn(await readOwnAccess(ref), ref);
}

/** The way to the cluster of a profile leads to that of another one. */
export class OtherProfile extends Error {}

/**
 * Connects to the cluster of a profile of Minikube. All clusters of one home trust the same authority and let each
 * other's users in, and the address of one that was stopped may be another's by now. The first node tells them apart:
 * it has the name of the profile.
 * @param time how long nothing may come, in milliseconds.
 * @throws OtherProfile when it is the cluster of another profile, which is asked for nothing else.
 * @throws Error when it does not say.
 */
export async function connectToOwn(
  { server, ...certificates }: Access,
  { kubeconfig, context }: ContextRef,
  time?: number,
): Promise<Connection> {
  const agent = new Agent({ ...certificates, keepAlive: true, maxSockets: 6 });
  const connection = { server, agent, headers: {} };
  try {
    const node = await ifThere(ask(connection, "GET", `/api/v1/nodes/${context}`, undefined, time));
    if (node === undefined) throw new OtherProfile(`${kubeconfig} leads to a cluster that has no node ${context}`);
    return connection;
  } catch (error) {
    agent.destroy();
    throw error;
  }
}

/**
 * Asks an API server.
 * @param path with its query, relative to the server's address.
 * @param sent an object for it, and the type of its text.
 * @param time how long nothing may come, in milliseconds.
 * @returns the text of the answer.
 * @throws ApiError when the answer is no success, or Error when there is none.
 */
export function ask(
  { server, agent, headers }: Connection,
  method: string,
  path: string,
  sent?: { body: object; type: string },
  time: number = patience,
): Promise<string> {
  // A server may have a path of its own, as behind Rancher.
  const url = new URL(`${server.replace(/\/+$/, "")}${path}`);
  const all = sent === undefined ? headers : { ...headers, "Content-Type": sent.type };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: all, agent, timeout: time }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(Buffer.concat(chunks).toString());
        else reject(new ApiError(statusCode, url.pathname));
      });
    });
    asked.on("timeout", () => asked.destroy(new SilentServer()));
    asked.on("error", reject);
    asked.end(sent === undefined ? undefined : JSON.stringify(sent.body));
  });
}
