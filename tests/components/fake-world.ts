import { existsSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pretendedCommands } from "../helpers/pretended/pretended-cluster.ts";
import { FakeApi } from "../provider/fake-api.ts";
import { FakeCommands } from "../offline/stand-ins/fake-commands.ts";
import { FakeApp } from "./fake-app.ts";

/**
 * A Docker, a Minikube, a kubectl and a Helm that only pretend, with a Kubernetes and an application that answer as the
 * real ones do.
 */
export class FakeWorld {
  readonly commands: FakeCommands;
  readonly api: FakeApi;
  readonly app: FakeApp;

  private constructor(commands: FakeCommands, api: FakeApi, app: FakeApp) {
    this.commands = commands;
    this.api = api;
    this.app = app;
  }

  static async create(): Promise<FakeWorld> {
    const commands = await FakeCommands.create(pretendedCommands);
    const api = await FakeApi.start();
    const release = join(commands.folder, "objects/release");
    api.revisions(() =>
      existsSync(release) ? [{ version: 1, status: "deployed", description: "chart of this test" }] : [],
    );
    api.onDelete = (path) => {
      if (path === "") rmSync(join(commands.folder, "objects"), { recursive: true });
      if (path === "secrets") rmSync(release, { force: true });
    };
    api.lists.set("statefulsets", [{ metadata: { name: "todo-postgres" }, spec: { replicas: 0 }, status: {} }]);
    const world = new FakeWorld(commands, api, await FakeApp.start(release));
    await world.reset();
    return world;
  }

  /** The machine, and the way into its Kubernetes, as they are at first. */
  async reset(): Promise<void> {
    await this.file("capacity", `8 ${16_000 * 2 ** 20}`);
    await this.file("kubeconfig", await readFile(this.api.kubeconfig, "utf8"));
    await mkdir(join(this.commands.folder, ".minikube"), { recursive: true });
    await this.file(".minikube/ca.crt", await readFile(this.api.certificate, "utf8"));
  }

  /** Writes a file by which the commands know what to do. */
  async file(name: string, text: string): Promise<void> {
    await writeFile(join(this.commands.folder, name), text);
  }

  async remove(): Promise<void> {
    this.commands.restore();
    this.app.stop();
    await this.api.stop();
  }
}
