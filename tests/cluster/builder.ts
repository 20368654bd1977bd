import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { checkout } from "../../machine/paths.ts";

/**
 * The Docker of this machine, as who deploys to a cluster of others has it: it can build, and has the images from which
 * ours are made. Where none can be pulled, it gets them from a node.
 */
export class Builder {
  /** Variables with which the Docker that can build is found first. */
  readonly env: Record<string, string>;
  readonly #folder: FsFixture;
  readonly #lent: string[];

  private constructor(folder: FsFixture, lent: string[]) {
    this.env = { PATH: `${folder.path}${delimiter}${process.env["PATH"] ?? ""}` };
    this.#folder = folder;
    this.#lent = lent;
  }

  static async withImagesOf(node: string): Promise<Builder> {
    const folder = await createFixture();
    await symlink(await findBuilder(), folder.getPath("docker"));
    const lent: string[] = [];
    for (const image of await baseImages()) {
      if (await has(image)) continue;
      const save = execa("docker", ["exec", node, "docker", "save", image], { buffer: false, encoding: "buffer" });
      await save.pipe("docker", ["load"]);
      lent.push(image);
    }
    return new Builder(folder, lent);
  }

  /** The images whose names begin so. */
  async images(prefix: string): Promise<string[]> {
    const { stdout } = await execa("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    return stdout.split("\n").filter((image) => image.startsWith(prefix));
  }

  /** Removes every image whose name begins so. */
  async forget(prefix: string): Promise<void> {
    const ours = await this.images(prefix);
    if (ours.length > 0) await execa("docker", ["rmi", "--force", ...ours]);
  }

  /** Removes what it got from the node. */
  async stop(): Promise<void> {
    if (this.#lent.length > 0) await execa("docker", ["rmi", ...this.#lent]);
    await this.#folder.rm();
  }
}

/** The first Docker on PATH that can build: from version 23 on it needs a plugin for that. */
async function findBuilder(): Promise<string> {
  const found = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "docker"));
  for (const docker of found.filter((path) => existsSync(path))) {
    if ((await execa(docker, ["buildx", "version"], { reject: false })).exitCode === 0) return docker;
    const { stdout } = await execa(docker, ["--version"]);
    if (Number(/version (\d+)/.exec(stdout)?.[1]) < 23) return docker;
  }
  throw new Error("no docker on PATH can build: install its plugin buildx");
}

/** What the Dockerfiles of both applications begin with. */
async function baseImages(): Promise<Set<string>> {
  const images = new Set<string>();
  for (const app of ["backend", "frontend"]) {
    const dockerfile = await readFile(join(checkout, "apps", app, "Dockerfile"), "utf8");
    for (const [, image = ""] of dockerfile.matchAll(/^FROM (\S+:\S+)/gm)) images.add(image);
  }
  return images;
}

const has = async (image: string): Promise<boolean> =>
  (await execa("docker", ["image", "inspect", image], { reject: false })).exitCode === 0;
