import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { noProxies } from "../../../../provider/resources/images/build-proxies.ts";
import { hasImage } from "../../../../provider/images/query.ts";
import { ImagePresenceResource } from "../../../../provider/resources/images/image-presence.ts";
import type { ImagePresenceState } from "../../../../provider/resources/images/image-presence.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A daemon as Minikube's: over TLS, for clients with its certificate alone. */
class FakeDaemon {
  readonly images = new Set<string>();
  readonly #server: Server;
  readonly certificates: string;

  private constructor(server: Server, certificates: string) {
    this.#server = server;
    this.certificates = certificates;
  }

  static async start(certificates: string): Promise<FakeDaemon> {
    const read = (name: string): Buffer => readFileSync(`${certificates}/${name}.pem`);
    const tls = { key: read("key"), cert: read("cert"), ca: read("ca"), requestCert: true, rejectUnauthorized: true };
    const daemon = new FakeDaemon(createServer(tls), certificates);
    daemon.#server.on(
      "request",
      (request: { url: string }, response: { writeHead: (code: number) => { end: () => void } }) => {
        const image = /^\/images\/(.+)\/json$/.exec(request.url)?.[1] ?? "";
        const code = image === "broken:1" ? 500 : daemon.images.has(image) ? 200 : 404;
        response.writeHead(code).end();
      },
    );
    daemon.#server.listen(0, "127.0.0.1");
    await once(daemon.#server, "listening");
    return daemon;
  }

  get host(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describe("minikube:index:ImagePresence", () => {
  const said: string[] = [];
  const engine = {
    progress: () => undefined,
    inform: (_urn: string, line: string) => said.push(line),
    warn: () => undefined,
  };
  const resource = new ImagePresenceResource(engine, {});
  let folder: FsFixture;
  let daemon: FakeDaemon;

  before(async () => {
    folder = await createFixture();
    await execa("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
      ...["-subj", "/CN=minikube", "-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-keyout", folder.getPath("key.pem"), "-out", folder.getPath("cert.pem")],
    ]);
    await folder.cp(folder.getPath("cert.pem"), "ca.pem");
  });

  after(() => folder.rm());

  beforeEach(async () => {
    said.length = 0;
    daemon = await FakeDaemon.start(folder.path);
    daemon.images.add("todo-backend:1");
  });

  afterEach(() => daemon.stop());

  const files = { Dockerfile: "a", "src/main.py": "b", "src/old.py": "c" };

  type State = Omit<ImagePresenceState, "files"> & { files: string };
  const state = (changes: Partial<State> = {}): State => ({
    image: "todo-backend:1",
    files: JSON.stringify(files),
    instance: "life-1",
    dockerHost: daemon.host,
    dockerCertPath: folder.path,
    builds: 4,
    proxies: noProxies,
    ...changes,
  });

  it("knows an image that is there, one that is not, and that it cannot know", async () => {
    assert.equal(await hasImage(state()), true);
    assert.equal(await hasImage(state({ image: "todo-backend:2" })), false);
    assert.equal(await hasImage(state({ image: "broken:1" })), undefined);
    assert.equal(await hasImage(state({ dockerCertPath: "/nowhere" })), undefined);
    assert.equal(await hasImage(state({ dockerHost: "tcp://127.0.0.1:1" })), undefined);
  });

  it("leaves an image alone that is there", async () => {
    assert.deepEqual(await resource.diff("", state(), state()), { changes: false });
  });

  const changes: [string, Partial<State>][] = [
    ["another tag", { image: "todo-backend:2" }],
    ["another cluster", { instance: "life-2" }],
  ];
  for (const [what, change] of changes) {
    it(`has the image built for ${what}`, async () => {
      assert.deepEqual(await resource.diff("", state(), state(change)), { changes: true });
      assert.deepEqual(await resource.update("", state(), state(change)), state({ ...change, builds: 5 }));
    });
  }

  it("has an image built again that was removed from the cluster", async () => {
    daemon.images.clear();
    assert.deepEqual(await resource.diff("", state(), state()), { changes: true });
    assert.equal((await resource.update("", state(), state())).builds, 5);
  });

  it("builds nothing when the daemon only listens at another address", async () => {
    const olds = state({ dockerHost: "tcp://127.0.0.1:1" });
    assert.deepEqual(await resource.diff("", olds, state()), { changes: true });
    assert.deepEqual(await resource.update("", olds, state()), state());
  });

  it("has nothing to do when the daemon cannot be asked", async () => {
    const unreachable = state({ dockerHost: "tcp://127.0.0.1:1" });
    assert.deepEqual(await resource.diff("", unreachable, unreachable), { changes: false });
  });

  it("takes a daemon whose address is not known yet for changed, and asks nobody", async () => {
    assert.deepEqual(await resource.diff("", state(), state({ dockerHost: unknown })), { changes: true });
  });

  describe("where builds go by a proxy", () => {
    const now = { http_proxy: "http://proxy.example:3128", NO_PROXY: "127.0.0.1" };
    const byProxy = { HTTP_PROXY: "http://proxy.example:3128", HTTPS_PROXY: "", NO_PROXY: "127.0.0.1" };
    const proxied = new ImagePresenceResource(engine, now);

    it("has an image built by it", async () => {
      const { proxies } = await proxied.update("", state(), state({ image: "todo-backend:2" }));
      assert.deepEqual(proxies, byProxy);
      const { builds: _builds, proxies: _proxies, ...inputs } = state();
      assert.deepEqual((await proxied.create("", inputs)).state.proxies, byProxy);
    });

    it("has an image that is there not built again, since only the shell is another one", async () => {
      assert.deepEqual(await proxied.diff("", state(), state()), { changes: false });
      const olds = state({ dockerHost: "tcp://127.0.0.1:1" });
      assert.deepEqual(await proxied.update("", olds, state()), state());
    });

    it("writes down in a state of an older version that an image was built without", async () => {
      const { proxies: _proxies, ...old } = state();
      assert.deepEqual(await proxied.diff("", old, state()), { changes: true });
      assert.deepEqual(await proxied.update("", old, state()), state());
    });
  });

  it("says which files make the difference", async () => {
    const files = JSON.stringify({ Dockerfile: "a", "src/main.py": "B", "src/new.py": "d" });
    await resource.diff("", state(), state({ image: "todo-backend:2", files }));
    assert.deepEqual(said, ["Files of the image:\n  ~ src/main.py\n  + src/new.py\n  - src/old.py"]);
    said.length = 0;
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`${index}`, "x"]));
    await resource.diff("", state({ files: "{}" }), state({ image: "todo-backend:2", files: JSON.stringify(many) }));
    assert.match(said.join(), /\+ 0\n.+\n {2}and 3 more, see: npx pulumi preview --diff$/s);
  });

  it("says nothing about files when it knows none of before, or none has changed", async () => {
    const { files: _files, ...old } = state();
    await resource.diff("", old, state());
    await resource.diff("", state(), state({ image: "todo-backend:2" }));
    assert.deepEqual(said, []);
  });

  it("takes over a state from before, in which the files are a tree, and has nothing to do", async () => {
    assert.deepEqual(await resource.diff("", { ...state(), files }, state()), { changes: false });
    assert.deepEqual(said, []);
    await resource.diff("", { ...state(), files }, state({ files: JSON.stringify({ ...files, Dockerfile: "A" }) }));
    assert.deepEqual(said, ["Files of the image:\n  ~ Dockerfile"]);
  });

  it("builds nothing because of the files alone: the image's tag decides", async () => {
    const files = JSON.stringify({ Dockerfile: "of another kind of hash" });
    assert.deepEqual(await resource.diff("", state(), state({ files })), { changes: false });
    assert.equal((await resource.update("", state(), state({ files }))).builds, 4);
  });

  it("counts from one, keeps its state when read, and has nothing to delete", async () => {
    const { builds: _builds, proxies: _proxies, ...inputs } = state();
    assert.deepEqual(await resource.create("", inputs), {
      id: "todo-backend:1",
      state: { ...inputs, builds: 1, proxies: noProxies },
    });
    assert.deepEqual(await resource.read("", state()), state());
    await resource.delete();
  });
});
