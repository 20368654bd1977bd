import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** A namespace of a cluster. */
export interface NamespaceRef {
  /** Path of the kubeconfig file that Minikube writes, relative to the checkout. */
  kubeconfig: string;
  namespace: string;
}

/** As much of a kubeconfig as Minikube writes: one cluster and one user, certificates embedded in base64. */
interface Kubeconfig {
  clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
  users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
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

/**
 * One namespace of the stack's own cluster, over its API. Not the official client: loading that takes longer than all of
 * the questions of an `up` together.
 */
export class Namespace {
  readonly #server: string;
  readonly #path: string;
  readonly #agent: Agent;

  private constructor(server: string, namespace: string, agent: Agent) {
    this.#server = server;
    this.#path = `namespaces/${namespace}`;
    this.#agent = agent;
  }

  /** @throws Error when there is no such kubeconfig, or when it is not Minikube's. */
  static async open({ kubeconfig, namespace }: NamespaceRef): Promise<Namespace> {
    const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as Kubeconfig;
    const [{ cluster }] = clusters;
    const [{ user }] = users;
    const [ca, cert, key] = [
      cluster["certificate-authority-data"],
      user["client-certificate-data"],
      user["client-key-data"],
    ].map((data) => Buffer.from(data, "base64"));
    return new Namespace(cluster.server, namespace, new Agent({ ca, cert, key, keepAlive: true }));
  }

  /**
   * Lists objects.
   * @param group `v1` or, say, `apps/v1`.
   * @param query label or field selectors.
   */
  async list<T>(group: string, kind: string, query: Record<string, string> = {}): Promise<T[]> {
    const { items } = JSON.parse(await this.#ask("GET", group, kind, query)) as { items: T[] };
    return items;
  }

  async get<T>(group: string, kind: string, name: string): Promise<T> {
    return JSON.parse(await this.#ask("GET", group, `${kind}/${name}`)) as T;
  }

  async delete(group: string, kind: string, name: string): Promise<void> {
    await this.#ask("DELETE", group, `${kind}/${name}`);
  }

  /** The last lines that a container has written, or, if it has ended since, that its predecessor has. */
  async log(pod: string, container: string, lines: number, previous: boolean): Promise<string> {
    return await this.#ask("GET", "v1", `pods/${pod}/log`, {
      container,
      tailLines: String(lines),
      previous: String(previous),
    });
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, group: string, path: string, query: Record<string, string> = {}): Promise<string> {
    const root = group === "v1" ? "/api" : "/apis";
    const url = new URL(`${root}/${group}/${this.#path}/${path}`, this.#server);
    url.search = new URLSearchParams(query).toString();
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, agent: this.#agent, timeout: patience }, (response) => {
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
      asked.end();
    });
  }
}
