import { readFileSync } from "node:fs";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { stringify } from "yaml";

/** A revision of a release. */
export interface Revision {
  version: number;
  status: string;
  description: string;
  /** When it was deployed, in ISO 8601. */
  deployed?: string;
  /** Its objects, as YAML. */
  manifest?: string;
}

/**
 * A Kubernetes API in which every namespace holds the same, over TLS, for clients with its certificate alone, and
 * Minikube's kubeconfig.
 */
export class FakeApi {
  /** Objects by the end of their path: `pods`, `secrets`. A function is asked at each question. */
  readonly lists = new Map<string, object[] | ((query: URLSearchParams) => object[])>();
  /** Single objects by the end of their path: `daemonsets/kube-router`; the namespace itself by an empty one. */
  readonly objects = new Map<string, object>();
  /** What is in no namespace, and namespaces that are other than the rest, by their whole path: `/version`. */
  readonly wide = new Map<string, object | ((sent: object) => object)>();
  /** Whole paths that nobody may ask for. */
  readonly forbidden = new Set<string>();
  readonly logs = new Map<string, string>();
  /** What it says of itself. */
  ready = true;
  readonly deleted: string[] = [];
  /** Every object that was sent to be applied. */
  readonly applied: object[] = [];
  /** What it was asked, but for who it is. */
  readonly asked: string[] = [];
  /** The name of its first node: that of its profile. */
  node = "todo";
  /** Is told the path of what is deleted, and by what it is selected where there are several. */
  onDelete: (path: string, selector: URLSearchParams) => void = () => undefined;
  /** Whether a watch is answered and ended at once. By default it stays open, and nothing ever happens in it. */
  endsWatches = false;
  /** Is asked for a single object that is not in {@link objects}. */
  onGet: (path: string) => object | undefined = () => undefined;
  readonly #folder: FsFixture;
  readonly #server: Server;

  private constructor(folder: FsFixture, server: Server) {
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<FakeApi> {
    const folder = await createFixture();
    await execa("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", "/CN=minikube", "-addext", "subjectAltName=IP:127.0.0.1,DNS:api.example"],
      ...["-keyout", folder.getPath("key.pem"), "-out", folder.getPath("cert.pem")],
    ]);
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(folder.getPath(name)));
    await folder.writeFile("ca.crt", readFileSync(folder.getPath("cert.pem")));
    const server = createServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true });
    const api = new FakeApi(folder, server);
    server.on("request", (request: IncomingMessage, response) => {
      void text(request).then((sent) => {
        const url = new URL(request.url ?? "", "https://api");
        if (url.searchParams.has("watch") && !api.endsWatches) {
          response.writeHead(200).flushHeaders();
          return;
        }
        const { status, body } = api.#answer(request.method ?? "", url, sent);
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await api.#writeKubeconfig();
    return api;
  }

  get kubeconfig(): string {
    return this.#folder.getPath("kubeconfig");
  }

  /** Makes it the API of a cluster with others in it, by the id of that. */
  isCluster(id: string): void {
    this.wide.set("/api/v1/namespaces/kube-system", { metadata: { name: "kube-system", uid: id } });
    this.wide.set("/version", { gitVersion: "v1.34.4" });
    const nodeInfo = { operatingSystem: "linux", architecture: "amd64" };
    this.wide.set("/api/v1/nodes", { items: [{ status: { nodeInfo } }, { status: { nodeInfo } }] });
  }

  /** A home of Minikube with that authority. */
  get home(): string {
    return this.#folder.path;
  }

  /** The certificate of the authority that it trusts, and that signed its own. */
  get certificate(): string {
    return this.#folder.getPath("cert.pem");
  }

  /** Puts revisions of a release there, as Helm records them. */
  revisions(revisions: Revision[] | (() => Revision[])): void {
    this.lists.set("secrets", () => (typeof revisions === "function" ? revisions() : revisions).map(recordOf));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    await this.#folder.rm();
  }

  #answer(method: string, url: URL, sent: string): { status: number; body: string } {
    const node = /^\/api\/v1\/nodes\/(.+)$/.exec(url.pathname)?.[1];
    if (method === "GET" && node !== undefined) return { status: node === this.node ? 200 : 404, body: "{}" };
    this.asked.push(`${method} ${url.pathname}${url.search}`);
    if (url.pathname === "/readyz") return { status: this.ready ? 200 : 500, body: "" };
    if (this.forbidden.has(url.pathname)) return { status: 403, body: "" };
    const wide = this.wide.get(url.pathname);
    if (wide !== undefined) {
      const body = typeof wide === "function" ? wide(JSON.parse(sent || "{}") as object) : wide;
      return { status: 200, body: JSON.stringify(body) };
    }
    const path = /\/namespaces\/[^/]+\/?(.*)$/.exec(url.pathname)?.[1] ?? "";
    if (method === "PATCH") {
      const object = JSON.parse(sent) as object;
      const result = merged(this.objects.get(path) ?? {}, object) as object;
      this.applied.push(object);
      if (url.searchParams.get("dryRun") === null) this.objects.set(path, result);
      return { status: 200, body: JSON.stringify(result) };
    }
    if (method === "POST") {
      const object = JSON.parse(sent) as { metadata: { name: string } };
      const place = `${path}/${object.metadata.name}`;
      if (this.objects.has(place)) return { status: 409, body: "" };
      this.objects.set(place, object);
      return { status: 201, body: sent };
    }
    if (method === "DELETE") {
      this.deleted.push(path);
      this.objects.delete(path);
      this.onDelete(path, url.searchParams);
      return { status: 200, body: "{}" };
    }
    const log = /^pods\/(.+)\/log$/.exec(path)?.[1];
    if (log !== undefined) {
      const name = `${log}/${url.searchParams.get("container")}`;
      const text = this.logs.get(url.searchParams.get("previous") === "true" ? `${name} before` : name);
      return text === undefined ? { status: 400, body: "" } : { status: 200, body: text };
    }
    const object = this.objects.get(path) ?? this.onGet(path);
    if (object !== undefined) return { status: 200, body: JSON.stringify(object) };
    if (path === "" || path.includes("/")) return { status: 404, body: "" };
    const list = this.lists.get(path);
    return {
      status: 200,
      body: JSON.stringify({ metadata: {}, items: typeof list === "function" ? list(url.searchParams) : (list ?? []) }),
    };
  }

  async #writeKubeconfig(): Promise<void> {
    const server = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const [certificate, key] = ["cert.pem", "key.pem"].map((name) =>
      readFileSync(this.#folder.getPath(name)).toString("base64"),
    );
    const kubeconfig = {
      contexts: [{ name: "todo", context: { cluster: "todo", user: "todo" } }],
      clusters: [{ name: "todo", cluster: { server, "certificate-authority-data": certificate } }],
      users: [{ name: "todo", user: { "client-certificate-data": certificate, "client-key-data": key } }],
    };
    await this.#folder.writeFile("kubeconfig", stringify(kubeconfig));
  }
}

function merged(below: unknown, above: unknown): unknown {
  if (!isPlain(below) || !isPlain(above)) return above;
  const both = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)]);
  return { ...below, ...(Object.fromEntries(both) as object) };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function recordOf({ version, status, description, deployed, manifest }: Revision): object {
  const info = { description, last_deployed: deployed };
  const record = gzipSync(JSON.stringify({ info, manifest })).toString("base64");
  return {
    metadata: { name: `sh.helm.release.v1.todo.v${version}`, labels: { status, version: String(version) } },
    data: { release: Buffer.from(record).toString("base64") },
  };
}
