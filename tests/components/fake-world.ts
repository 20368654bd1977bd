import { existsSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FakeApi } from "../provider/fake-api.ts";
import { dockerScript, minikubeScript } from "../provider/fake-machine.ts";
import { FakeCommands } from "../stand-ins/fake-commands.ts";
import { FakeApp } from "./fake-app.ts";

/** The daemon in the cluster answers as long as the cluster's container is there, and builds all but what says "broken". */
const docker = `
alive() { [ -f "$folder/container-todo" ]; }
case "$1" in
  --version) echo "Docker version 20.10"; exit ;;
  buildx) exit 1 ;;
  version) alive; exit ;;
  build) alive && ! grep -q broken apps/*/Dockerfile; exit ;;
  image) alive && echo sha256:1; exit ;;
esac
${dockerScript}`;

const minikube = `
[ "$1" != delete ] || rm -rf "$folder/objects"
${minikubeScript}`;

/** Keeps objects by kind and name; what a namespace holds goes with it. */
const kubectl = `
[ -f "$folder/container-todo" ] || { echo "Unable to connect to the server" >&2; exit 1; }
mkdir -p "$folder/objects"
while true; do case "$1" in --kubeconfig|--context) shift 2 ;; *) break ;; esac; done
case "$1 $2" in
  "get --raw"*) echo ok ;;
  get*) cat "$folder/objects/$2-$3" 2>/dev/null || true ;;
  "delete namespace") rm -rf "$folder/objects" ;;
  delete*) rm -f "$folder/objects/$2-$3" ;;
  apply*)
    case "$(cat "$call/input")" in *'"kind":"Secret"'*) kind=secret ;; *) kind=namespace ;; esac
    name=$(sed 's/.*"name":"\\([^"]*\\)".*/\\1/' "$call/input")
    cp "$call/input" "$folder/objects/$kind-$name"
    cat "$call/input" ;;
esac`;

const helm = `
release="$folder/objects/release"
case "$1" in
  show|get) echo '{"chart":"todo","version":"0.1.0","appVersion":"1"}' ;;
  install) [ ! -f "$release" ] || { echo "cannot re-use a name that is still in use" >&2; exit 1; }; touch "$release" ;;
  uninstall) rm "$release" || { echo "release: not found" >&2; exit 1; } ;;
  status) [ -f "$release" ] && echo '{"name":"todo","namespace":"todo","version":1,"info":{"status":"deployed"}}' ;;
esac`;

/** A Docker, a Minikube, a kubectl and a Helm that only pretend, with a Kubernetes and an application that answer as the real ones do. */
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
    const commands = await FakeCommands.create({ docker, minikube, kubectl, helm });
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
