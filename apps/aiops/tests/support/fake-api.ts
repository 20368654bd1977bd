import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { V1Pod } from "@kubernetes/client-node";
import { isReady } from "../../src/diagnosis/snapshot.ts";
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
  /** The chart's account for operations, if there is one. */
  account: string | undefined = "todo-aiops";
  /** The one token that the account is let in with. */
  token = "token-1";
  /** How long a token is said to count, in milliseconds. */
  lifetime = 12 * 3_600_000;
  /** By the name of the pod. */
  readonly logs = new Map<string, string>();
  readiness = "ok";
  /** Every request, as `GET /api/v1/…`. */
  readonly asked: string[] = [];
  /** Every Event that was made. */
  readonly told: Json[] = [];
  /** What is refused with 403, as `PATCH deployments`. */
  readonly forbidden = new Set<string>();
  /** Every change, the tried ones too. */
  readonly changes: Change[] = [];
  /** The cluster's controllers: are told of what was changed. */
  onChange: (object: Json) => void = () => undefined;
  /** The names of the pods that were evicted. */
  readonly evicted: string[] = [];
  /** The cluster's controllers: make another pod, perhaps. */
  onEvicted: (name: string) => void = () => undefined;
  readonly folder = mkdtempSync(join(tmpdir(), "aiops-"));
  readonly kubeconfig = join(this.folder, "kubeconfig");
  #server: Server | undefined;

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await api.listen();
    return api;
  }

  /**
   * Serves at an address of its own, as a cluster does each time it is started, and writes that into the kubeconfig.
   */
  async listen(authority = "authority"): Promise<void> {
    this.pause();
    const server = createServer((request, response) => {
      if (request.url?.includes("watch=true") === true) {
        this.#watch(request, response);
        return;
      }
      void text(request).then((body) => {
        const { status, json } = this.#answer(request, body);
        response.writeHead(status, { "Content-Type": typeof json === "string" ? "text/plain" : "application/json" });
        response.end(typeof json === "string" ? json : JSON.stringify(json));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    const ca = Buffer.from(authority).toString("base64");
    const contexts = ["todo", "production"].map((name) => ({ name, context: { cluster: name, user: "admin" } }));
    const clusters = [
      { name: "todo", cluster: { ...plain(port), "certificate-authority-data": ca } },
      { name: "production", cluster: plain(1) },
    ];
    const users = [{ name: "admin", user: { token: "x" } }];
    writeFileSync(
      this.kubeconfig,
      JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "production", contexts, clusters, users }),
    );
  }

  /** As `docker stop`: nobody answers. */
  pause(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  stop(): void {
    this.pause();
    rmSync(this.folder, { recursive: true });
  }

  /** Tells of every object and then of what changes, as tests change objects in place. */
  #watch({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const kind = /\/namespaces\/todo\/([^/?]+)/.exec(url)?.[1] ?? "";
    this.asked.push(`WATCH ${kind}`);
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    const sent = new Map<string, string>();
    const look = (): void => {
      const now = new Map((this.objects[kind] ?? []).map((each) => [nameIn(each), JSON.stringify(each)]));
      for (const [name, object] of now) {
        if (sent.get(name) === object) continue;
        response.write(`{"type":"${sent.has(name) ? "MODIFIED" : "ADDED"}","object":${object}}\n`);
      }
      for (const [name, object] of sent) {
        if (!now.has(name)) response.write(`{"type":"DELETED","object":${object}}\n`);
      }
      sent.clear();
      for (const [name, object] of now) sent.set(name, object);
    };
    look();
    const timer = setInterval(look, 10);
    response.on("close", () => clearInterval(timer));
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, body: string): { status: number; json: unknown } {
    const { pathname, searchParams } = new URL(url, "http://api");
    this.asked.push(`${method} ${pathname}`);
    if (!["Bearer x", `Bearer ${this.token}`].includes(headers.authorization ?? "")) {
      return { status: 401, json: { message: "Unauthorized" } };
    }
    const [, kind = "", name, sub] = /\/namespaces\/todo(?:\/([^/]+))?(?:\/([^/]+))?(?:\/(.*))?$/.exec(pathname) ?? [];
    if (kind === "") return { status: 200, json: { metadata: { name: "todo", uid: this.uid } } };
    if (this.forbidden.has(`${method} ${kind}`)) return { status: 403, json: { message: "Forbidden" } };
    if (kind === "events" && method === "POST") {
      this.told.push(JSON.parse(body) as Json);
      return { status: 201, json: JSON.parse(body) };
    }
    if (kind === "serviceaccounts") return this.#account(name);
    if (sub === "eviction") return this.#evict(name ?? "", JSON.parse(body) as Json);
    if (sub === "log") return { status: 200, json: this.#log(name ?? "", searchParams) };
    if (sub?.startsWith("proxy/") === true) {
      return { status: this.readiness === "ok" ? 200 : 503, json: { checks: { database: this.readiness } } };
    }
    const list = this.objects[kind];
    if (name === undefined) return { status: list === undefined ? 403 : 200, json: { items: list ?? [] } };
    const object = list?.find(({ metadata }) => (metadata as Json).name === name);
    if (method === "PUT" && object !== undefined) return this.#put(object, JSON.parse(body) as Json);
    if (method === "PATCH" && list !== undefined) {
      const type = headers["content-type"] ?? "";
      return this.#patch(pathname, list, object, JSON.parse(body), type, searchParams.get("dryRun") === "All");
    }
    return object === undefined || method !== "GET"
      ? { status: 404, json: { message: `${kind} "${name}" not found` } }
      : { status: 200, json: object };
  }

  /** As the cluster's PodDisruptionBudget has it: one that is ready stays. */
  #evict(name: string, { deleteOptions }: Json): { status: number; json: unknown } {
    const pod = this.objects.pods?.find(({ metadata }) => (metadata as Json).name === name);
    if (pod?.metadata.uid !== deleteOptions.preconditions.uid) return { status: 409, json: { message: "another pod" } };
    if (isReady(pod as V1Pod))
      return { status: 429, json: { message: "it would violate the pod's disruption budget" } };
    this.objects.pods = this.objects.pods?.filter((each) => each !== pod) ?? [];
    this.evicted.push(name);
    this.onEvicted(name);
    return { status: 201, json: {} };
  }

  #account(name: string | undefined): { status: number; json: unknown } {
    if (name === undefined) {
      return { status: 200, json: { items: this.account === undefined ? [] : [{ metadata: { name: this.account } }] } };
    }
    const expirationTimestamp = new Date(Date.now() + this.lifetime).toISOString();
    return { status: 201, json: { status: { token: this.token, expirationTimestamp } } };
  }

  #put(object: Json, body: Json): { status: number; json: unknown } {
    if (body.metadata.resourceVersion !== object.metadata.resourceVersion) {
      return { status: 409, json: { message: "the object has been modified" } };
    }
    body.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
    Object.assign(object, body);
    return { status: 200, json: object };
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

const nameIn = ({ metadata }: Json): string => String((metadata as Json).name);

const plain = (port: number) => ({ server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true });

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
