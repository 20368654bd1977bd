import { existsSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { stringify } from "yaml";
import { Commands } from "../../../provider/processes/commands.ts";
import { ownerOf } from "../../../provider/cluster/ownership.ts";
import type { Mark } from "../../../provider/cluster/ownership.ts";
import type { StackState } from "../../../state/stack-files.ts";
import type { Place } from "../../../state/access/own-cluster.ts";
import type { FakeApi } from "../../provider/fake-api.ts";
import { leaveLock } from "../lock.ts";
import { dockerScript, minikubeScript } from "../../provider/fake-machine.ts";
import { FakeCommands } from "../../offline/stand-ins/fake-commands.ts";
import type { Call } from "../../offline/stand-ins/fake-commands.ts";

/** A checkout with a stack `dev`, a Minikube's home and a Docker, which all only pretend. */
export class FakeStack {
  readonly commands = new Commands(process.env, new AbortController().signal);
  readonly #docker: FakeCommands;
  readonly #folder: FsFixture;

  private constructor(docker: FakeCommands, folder: FsFixture) {
    this.#docker = docker;
    this.#folder = folder;
  }

  /**
   * @param settings what the stack sets, such as `todo-stack:port`.
   * @param tempDir an existing folder to make the checkout in. By default the system's.
   */
  static async create(settings: Record<string, string | number> = {}, tempDir = tmpdir()): Promise<FakeStack> {
    const docker = await FakeCommands.create({ docker: dockerScript, minikube: minikubeScript });
    await writeFile(`${docker.folder}/capacity`, `8 ${16_000 * 2 ** 20}`);
    const project = await readFile(new URL("../../../Pulumi.yaml", import.meta.url), "utf8");
    const files = {
      "Pulumi.yaml": project,
      "Pulumi.dev.yaml": stringify({ config: settings }),
      ".state/passphrase": "secret",
    };
    const folder = await createFixture(files, { tempDir });
    return new FakeStack(docker, folder);
  }

  get place(): Place {
    const folder = this.#folder.path.replace(/\/$/, "");
    return { folder, home: this.#folder.getPath("home/.minikube"), stack: "dev" };
  }

  /** Puts a file into the checkout. */
  async file(name: string, text: string): Promise<string> {
    const path = this.#folder.getPath(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** The cluster as `up` leaves it: a profile of ours, and a container in a state that Docker knows. */
  async cluster(life: string, config: object = {}): Promise<void> {
    await this.mark();
    const made = {
      KubernetesConfig: { KubernetesVersion: "v1.34.4", ContainerRuntime: "docker" },
      ExposedPorts: ["127.0.0.1:30080:30080"],
      ...config,
    };
    await this.file("home/.minikube/profiles/todo/config.json", JSON.stringify(made));
    await this.inDocker("container-todo", life);
  }

  /** The stack's own kubeconfig, and Minikube's authority, of an API server. @param edit changes the kubeconfig. */
  async kubernetes(api: FakeApi, edit: (text: string) => string = (text) => text): Promise<string> {
    await this.file("home/.minikube/ca.crt", await readFile(api.certificate, "utf8"));
    return await this.file(".state/todo.kubeconfig", edit(await readFile(api.kubeconfig, "utf8")));
  }

  /** Puts something into Docker: `volume-todo`. */
  async inDocker(name: string, text = ""): Promise<void> {
    await writeFile(`${this.#docker.folder}/${name}`, text);
  }

  /** Takes the container away, as it looks from another Docker engine. */
  async loseContainer(): Promise<void> {
    await rm(`${this.#docker.folder}/container-todo`);
  }

  /** Takes the volume away. */
  async loseVolume(): Promise<void> {
    await rm(`${this.#docker.folder}/volume-todo`);
  }

  hasInDocker(name: string): boolean {
    return existsSync(`${this.#docker.folder}/${name}`);
  }

  /** Whether Minikube knows the cluster. */
  hasProfile(): boolean {
    return existsSync(this.#folder.getPath("home/.minikube/profiles/todo"));
  }

  /** Takes away what Minikube knows of the cluster. */
  async removeProfile(): Promise<void> {
    await rm(this.#folder.getPath("home/.minikube/profiles/todo"), { recursive: true });
  }

  /** Marks the profile as made by somebody, by default by this stack. */
  async mark(owner = ownerOf("urn:pulumi:dev", this.place.folder), more: Partial<Mark> = {}): Promise<void> {
    const mark = { owner, instance: "life-1", ...more };
    await this.file("home/.minikube/profiles/todo/todo-stack.json", JSON.stringify(mark));
  }

  /** Pulumi's state, as of a stack that is up. */
  async state(
    outputs: Pick<StackState, "instance" | "url" | "namespace" | "made" | "kubernetes"> & { profile?: string } = {},
  ): Promise<void> {
    const resources = [
      { type: "pulumi:pulumi:Stack", outputs: { url: outputs.url } },
      {
        type: "minikube:index:Cluster",
        outputs: { instance: outputs.instance, profile: outputs.profile, ...outputs.made, ...outputs.kubernetes },
      },
      { type: "minikube:index:Namespace", outputs: { name: outputs.namespace } },
    ];
    await this.file(
      ".state/.pulumi/stacks/todo-stack/dev.json",
      JSON.stringify({ checkpoint: { latest: { resources } } }),
    );
  }

  /** A lock on the stack. */
  async lock(pid: number, host = hostname()): Promise<void> {
    await leaveLock(this.place.folder, "dev", pid, host);
  }

  /** Stops Docker, as it looks from outside when its socket is gone. */
  async stopDocker(): Promise<void> {
    await writeFile(`${this.#docker.folder}/docker-is-down`, "Cannot connect: no such file or directory\n");
  }

  /** Every call of minikube, in order. */
  async minikubeCalls(): Promise<Call[]> {
    return await this.#docker.calls("minikube");
  }

  async remove(): Promise<void> {
    this.#docker.restore();
    await this.#folder.rm();
  }
}
