import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { healthy } from "./stack.ts";
import type { Json, Objects } from "./stack.ts";

/** A change that was asked for. */
export interface Change {
  path: string;
  dryRun: boolean;
  object: Json;
}

/** A Kubernetes API with one namespace, and a kubeconfig that leads to it. */
export class FakeApi {
  objects: Objects = healthy();
  /** Of the namespace. */
  uid = "uid-namespace";
  /** By the name of the pod. */
  readonly logs = new Map<string, string>();
  readiness = "ok";
  /** Every request, as `GET /api/v1/…`. */
  readonly asked: string[] = [];
  /** Every change, the tried ones too. */
  readonly changes: Change[] = [];
  /** The cluster's controllers: are told of what was changed. */
  onChange: (object: Json) => void = () => undefined;
  readonly folder = mkdtempSync(join(tmpdir(), "aiops-"));
  readonly kubeconfig = join(this.folder, "kubeconfig");
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeApi> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const api = new FakeApi(server);
    server.on("request", (request: IncomingMessage, response) => {
      void text(request).then((body) => {
        const { status, json } = api.#answer(request, body);
        response.writeHead(status, { "Content-Type": typeof json === "string" ? "text/plain" : "application/json" });
        response.end(typeof json === "string" ? json : JSON.stringify(json));
      });
    });
    const { port } = server.address() as AddressInfo;
    const contexts = ["todo", "production"].map((name) => ({ name, context: { cluster: name, user: "admin" } }));
    const clusters = [
      { name: "todo", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
      { name: "production", cluster: { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true } },
    ];
    const users = [{ name: "admin", user: { token: "x" } }];
    writeFileSync(
      api.kubeconfig,
      JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "production", contexts, clusters, users }),
    );
    return api;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, body: string): { status: number; json: unknown } {
    const { pathname, searchParams } = new URL(url, "http://api");
    this.asked.push(`${method} ${pathname}`);
    const [, kind = "", name, sub] = /\/namespaces\/todo(?:\/([^/]+))?(?:\/([^/]+))?(?:\/(.*))?$/.exec(pathname) ?? [];
    if (kind === "") return { status: 200, json: { metadata: { name: "todo", uid: this.uid } } };
    if (sub === "log") return { status: 200, json: this.#log(name ?? "", searchParams) };
    if (sub?.startsWith("proxy/") === true) {
      return { status: this.readiness === "ok" ? 200 : 503, json: { checks: { database: this.readiness } } };
    }
    const list = this.objects[kind];
    if (name === undefined) return { status: list === undefined ? 403 : 200, json: { items: list ?? [] } };
    const object = list?.find(({ metadata }) => (metadata as Json).name === name);
    if (method === "PATCH" && list !== undefined) {
      const type = headers["content-type"] ?? "";
      return this.#patch(pathname, list, object, JSON.parse(body), type, searchParams.get("dryRun") === "All");
    }
    return object === undefined || method !== "GET"
      ? { status: 404, json: { message: `${kind} "${name}" not found` } }
      : { status: 200, json: object };
  }

  #log(pod: string, query: URLSearchParams): string {
    const all = query.get("previous") === "true" ? "" : (this.logs.get(pod) ?? "");
    const lines = all.split("\n").slice(-Number(query.get("tailLines")));
    return lines.join("\n").slice(0, Number(query.get("limitBytes")));
  }

  #patch(path: string, list: Json[], object: Json | undefined, patch: unknown, type: string, dryRun: boolean) {
    const before = structuredClone(object ?? { metadata: { uid: "uid-new", resourceVersion: "0", generation: 0 } });
    const isApply = type.startsWith("application/apply-patch");
    if (object === undefined && !isApply) return { status: 404, json: { message: "not found" } };
    const after = isApply ? merge(before, patch as Json) : edit(before, patch as Operation[]);
    const asked = isApply ? (patch as Json).metadata.resourceVersion : before.metadata.resourceVersion;
    if (after === undefined || (object !== undefined && asked !== before.metadata.resourceVersion)) {
      return { status: 409, json: { message: "the object has been modified" } };
    }
    this.changes.push({ path, dryRun, object: after });
    if (dryRun) return { status: 200, json: after };
    after.metadata.resourceVersion = String(Number(before.metadata.resourceVersion) + 1);
    after.metadata.generation = Number(after.metadata.generation) + 1;
    if (after.status !== undefined) after.status.observedGeneration = after.metadata.generation;
    if (object === undefined) list.push(after);
    else Object.assign(object, after);
    this.onChange(object ?? after);
    return { status: 200, json: after };
  }
}

interface Operation {
  op: "test" | "add" | "remove";
  path: string;
  value?: unknown;
}

const edit = (object: Json, operations: Operation[]): Json | undefined => {
  for (const { op, path, value } of operations) {
    const keys = path
      .slice(1)
      .split("/")
      .map((key) => key.replaceAll("~1", "/"));
    const last = keys.pop() ?? "";
    const parent = keys.reduce((part: Json, key) => part[key] as Json, object);
    if (op === "test" && parent[last] !== value) return undefined;
    if (op === "add") parent[last] = value;
    if (op === "remove") Reflect.deleteProperty(parent, last);
  }
  return object;
};

const merge = (under: Json, over: Json): Json => {
  const merged: Json = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
    merged[key] = isMapping ? merge((merged[key] ?? {}) as Json, value as Json) : value;
  }
  return merged;
};
