import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { execa } from "execa";
import { extract, type Header } from "tar-stream";
import { Daemon } from "../../../offline/stand-ins/docker/docker-daemon.ts";
import { madeImages } from "../../../offline/stand-ins/docker/docker-remote-image.ts";
import type { WorkingCopy } from "../working-copy.ts";

/** A file of an image's last stage: what `ls` shows of it, and a hash of its content. */
export interface ImageFile extends Pick<Header, "mode" | "uid" | "gid" | "type" | "linkname"> {
  /** In milliseconds. */
  time: number;
  sha256: string;
  /** Its content, of small files alone. */
  text: string;
}

interface Resource {
  type: string;
  inputs?: { imageName?: string };
  outputs: { dockerHost: string; dockerCertPath: string };
}

const small = 1_000_000;

/** The Docker daemon in a stack's cluster, and the images that the stack has built there. */
export class NodeDaemon {
  /** `todo-backend:TAG` and `todo-frontend:TAG`. */
  readonly images: { backend: string; frontend: string };
  readonly #env: NodeJS.ProcessEnv;

  private constructor(images: NodeDaemon["images"], env: NodeJS.ProcessEnv) {
    this.images = images;
    this.#env = env;
  }

  /** Finds the daemon of a stack that is up. */
  static async of(copy: WorkingCopy): Promise<NodeDaemon> {
    const state = await copy.succeed("pulumi", ["stack", "export", "--stack", copy.stack]);
    const { resources } = (JSON.parse(state) as { deployment: { resources: Resource[] } }).deployment;
    const cluster = resources.find(({ type }) => type === "minikube:index:Cluster")?.outputs;
    const image = (name: string): string =>
      resources.map(({ inputs }) => inputs?.imageName).find((found) => found?.startsWith(`${name}:`)) ?? "";
    return new NodeDaemon(
      { backend: image("todo-backend"), frontend: image("todo-frontend") },
      {
        DOCKER_HOST: cluster?.dockerHost,
        DOCKER_CERT_PATH: cluster?.dockerCertPath,
        DOCKER_TLS_VERIFY: "1",
      },
    );
  }

  /** Runs `docker` and gives both its streams. */
  async docker(...args: string[]): Promise<string> {
    return (await execa("docker", args, { env: this.#env, all: true })).all;
  }

  /** Builds an image, by BuildKit. */
  async build(...args: string[]): Promise<void> {
    const daemon = new Daemon(AbortSignal.timeout(10 * 60_000));
    await daemon.connect({ host: this.#env["DOCKER_HOST"] ?? "", certPath: this.#env["DOCKER_CERT_PATH"] ?? "" });
    await daemon.build(args, true, () => undefined);
  }

  /**
   * Builds the images that cannot be pulled, as the stand-in does. The official plugin takes each as it is, and pulls
   * none of them.
   */
  async buildMadeImages(): Promise<void> {
    for (const [name, { program, dockerfile }] of Object.entries(madeImages())) {
      await this.build("--file", dockerfile, "--tag", name, dirname(program));
    }
  }

  /** What Docker knows of a container or an image. */
  async inspect<T>(name: string): Promise<T> {
    const [found] = JSON.parse(await this.docker("inspect", name)) as [T];
    return found;
  }

  /** Every file of an image's last stage, by its path without a leading slash. */
  async files(image: string): Promise<Map<string, ImageFile>> {
    const container = await this.docker("create", "--network", "none", image);
    const files = new Map<string, ImageFile>();
    try {
      const { stdout } = execa("docker", ["export", container], { env: this.#env, buffer: false });
      for await (const entry of stdout.pipe(extract())) {
        const hash = createHash("sha256");
        let text = "";
        for await (const chunk of entry as AsyncIterable<Buffer>) {
          hash.update(chunk);
          if (entry.header.size <= small) text += chunk.toString("latin1");
        }
        const { name, mode, uid, gid, type, linkname, mtime } = entry.header;
        files.set(name, { mode, uid, gid, type, linkname, time: mtime.getTime(), sha256: hash.digest("hex"), text });
      }
    } finally {
      await this.docker("rm", container);
    }
    return files;
  }

  /**
   * Those of `texts` that stand somewhere in an image: in a layer, even if a later one hides it, or in its settings.
   */
  async find(image: string, texts: string[]): Promise<string[]> {
    const { stdout } = execa("docker", ["save", image], { env: this.#env, buffer: false });
    const missing = new Set(texts);
    const overlap = Math.max(...texts.map((text) => text.length));
    let tail = Buffer.alloc(0);
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      const piece = Buffer.concat([tail, chunk]);
      for (const text of missing) if (piece.includes(text)) missing.delete(text);
      tail = piece.subarray(-overlap);
    }
    return texts.filter((text) => !missing.has(text));
  }
}
