import { ApiError, ask, connectTo, ifThere } from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { ContextRef } from "./kubeconfig.ts";

export { ApiError, ifThere };

/** A namespace of a cluster. */
export interface NamespaceRef extends ContextRef {
  namespace: string;
}

/** As much of any object as all have. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; managedFields?: unknown; generation?: unknown; resourceVersion?: unknown };
}

/**
 * One namespace of the stack's cluster, over its API. Not the official client: loading that takes longer than all of
 * the questions of an `up` together.
 */
export class Namespace {
  readonly #connection: Connection;
  readonly #name: string;

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#name = namespace;
  }

  /**
   * Opens a namespace for as long as `work` takes, and lets go of the connections.
   * @throws Error when the context is not there, not as Minikube writes it, or leads to another cluster. Nobody is
   * asked then.
   */
  static async use<T>(ref: NamespaceRef, work: (namespace: Namespace) => Promise<T>): Promise<T> {
    const connection = await connectTo(ref);
    try {
      return await work(new Namespace(connection, ref.namespace));
    } finally {
      connection.agent.destroy();
    }
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

  /** Makes an object, unless there is one of its name. Gives whether it was made. */
  async createIfMissing(kind: string, object: KubernetesObject): Promise<boolean> {
    try {
      await this.#ask("POST", object.apiVersion, kind, { fieldManager: "todo-stack" }, object, "application/json");
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  }

  /** Changes these fields of an object, and leaves all others as they are. */
  async merge(group: string, kind: string, name: string, fields: object): Promise<void> {
    await this.#ask("PATCH", group, `${kind}/${name}`, {}, fields, "application/merge-patch+json");
  }

  async delete(group: string, kind: string, name: string): Promise<void> {
    await this.#ask("DELETE", group, `${kind}/${name}`);
  }

  /** Deletes the objects that match label or field selectors. */
  async deleteAll(
    group: string,
    kind: string,
    query: { labelSelector?: string; fieldSelector?: string },
  ): Promise<void> {
    await this.#ask("DELETE", group, kind, query);
  }

  /** The last lines that a container has written, or, if it has ended since, that its predecessor has. */
  async log(pod: string, container: string, lines: number, previous: boolean): Promise<string> {
    return await this.#ask("GET", "v1", `pods/${pod}/log`, {
      container,
      tailLines: String(lines),
      previous: String(previous),
    });
  }

  /** The namespace itself. */
  async self<T>(): Promise<T> {
    return JSON.parse(await this.#ask("GET", "v1", "")) as T;
  }

  /** Makes the namespace, or gives the one that is there these labels and annotations. */
  async make(labels: Record<string, string>, annotations?: Record<string, string>): Promise<void> {
    const metadata = { name: this.#name, labels, ...(annotations === undefined ? {} : { annotations }) };
    await this.#apply("v1", "", { apiVersion: "v1", kind: "Namespace", metadata });
  }

  /** Deletes the namespace with everything in it, which goes on after this has ended; content when it is gone. */
  async remove(): Promise<void> {
    await ifThere(this.#ask("DELETE", "v1", ""));
  }

  /** What an object would be if it were applied; nothing is changed. */
  async tryApply(kind: string, object: KubernetesObject): Promise<KubernetesObject> {
    const path = `${kind}/${object.metadata.name}`;
    return JSON.parse(await this.#apply(object.apiVersion, path, object, { dryRun: "All" })) as KubernetesObject;
  }

  #apply(group: string, path: string, object: object, query: Record<string, string> = {}): Promise<string> {
    return this.#ask("PATCH", group, path, { ...query, fieldManager: "todo-stack", force: "true" }, object);
  }

  #ask(
    method: string,
    group: string,
    path: string,
    query: Record<string, string> = {},
    body?: object,
    type = "application/apply-patch+yaml",
  ): Promise<string> {
    const root = group === "v1" ? "/api" : "/apis";
    const place = [root, group, "namespaces", this.#name, path].filter(Boolean).join("/");
    const text = new URLSearchParams(query).toString();
    const sent = body === undefined ? undefined : { body, type };
    return ask(this.#connection, method, text === "" ? place : `${place}?${text}`, sent);
  }
}
