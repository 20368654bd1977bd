import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { checkout, toolFolder } from "../../../machine/paths.ts";
import * as setup from "../../../setup/setup.ts";
import { installStandIn, pluginNames } from "../../../offline/stand-ins/install.ts";
import { versions } from "../../../versions.ts";
import { FakeApp } from "../../components/fake-app.ts";
import { FakeApi } from "../../provider/fake-api.ts";
import { FakeCommands } from "../../offline/stand-ins/fake-commands.ts";
import { ownEnvironment } from "./own-environment.ts";
import { pretendedCommands } from "./pretended-cluster.ts";

/** How a command ended. */
export interface Ended {
  exitCode: number | undefined;
  /** Both streams. */
  all: string;
}

/** A command that goes on. */
export interface Started {
  /** Both streams. */
  output: Readable;
  interrupt: () => void;
  /** Kills it with Pulumi. What Pulumi has started, such as the provider, ends by itself, as after any kill. */
  kill: () => void;
  ended: Promise<void>;
}

/** All commands do without set-up here: the tools are there. */
const noSetup = Object.keys(setup)
  .map((name) => `export const ${name} = async () => true;\n`)
  .join("");

const parts = [
  "Pulumi.yaml",
  "package.json",
  "index.ts",
  "config.ts",
  "components",
  "versions.ts",
  "provider",
  "cli",
  "data",
  "machine",
  "offline",
  "pulumi",
  "setup",
  "state",
  "policies",
];

/**
 * A checkout of this project with a stack `test` that is up, in which every command works: with the real Pulumi, and
 * with a Docker, a Minikube, a kubectl and a Helm that only pretend. Nothing of the user's is touched.
 */
export class PretendedCheckout {
  readonly api: FakeApi;
  readonly commands: FakeCommands;
  readonly #folder: FsFixture;
  readonly #app: FakeApp;
  #objects = new Map<string, object>();

  private constructor(folder: FsFixture, commands: FakeCommands, api: FakeApi, app: FakeApp) {
    this.#folder = folder;
    this.commands = commands;
    this.api = api;
    this.#app = app;
  }

  /** Undefined where there is no Pulumi. */
  static async create(): Promise<PretendedCheckout | undefined> {
    const pulumi = toolFolder("pulumi", versions.pulumi);
    if (!existsSync(pulumi)) return undefined;
    const path = process.env["PATH"];
    const commands = await FakeCommands.create(pretendedCommands);
    // Only for the commands that run in the checkout.
    process.env["PATH"] = path;
    const release = join(commands.folder, "objects/release");
    const api = await FakeApi.start();
    api.revisions(() =>
      existsSync(release) ? [{ version: 1, status: "deployed", description: "chart of this test" }] : [],
    );
    const records = api.lists.get("secrets");
    api.lists.set("secrets", (query) => {
      if (query.get("fieldSelector") === "type!=helm.sh/release.v1") return secrets();
      return typeof records === "function" ? records(query) : [];
    });
    // What is in the namespace is there for kubectl and for who asks the API itself.
    const objects = join(commands.folder, "objects");
    const secretIn = (name: string): string => join(objects, `secret-${name}`);
    const secrets = (): object[] =>
      (existsSync(objects) ? readdirSync(objects) : [])
        .filter((name) => name.startsWith("secret-"))
        .map((name) => JSON.parse(readFileSync(join(objects, name), "utf8")) as object);
    api.onGet = (path) => {
      const [, name] = /^secrets\/(.+)$/.exec(path) ?? [];
      if (name === undefined || !existsSync(secretIn(name))) return undefined;
      return JSON.parse(readFileSync(secretIn(name), "utf8")) as object;
    };
    api.onDelete = (path, selector) => {
      const [, name] = /^metadata\.name=(.+)$/.exec(selector.get("fieldSelector") ?? "") ?? [];
      if (path === "") rmSync(join(commands.folder, "objects"), { recursive: true, force: true });
      else if (path === "secrets") rmSync(name === undefined ? release : secretIn(name), { force: true });
    };
    api.lists.set("statefulsets", [{ metadata: { name: "todo-postgres" }, spec: { replicas: 0 }, status: {} }]);
    const app = await FakeApp.start(release);
    const folder = await createFixture({
      "checkout/apps/backend/Dockerfile": "FROM scratch",
      "checkout/apps/frontend/Dockerfile": "FROM scratch",
      "checkout/backup.dump": "PGDMP",
      "checkout/.state/.keep": "",
      "checkout/Pulumi.test.yaml": `config:\n  todo-stack:port: ${app.port}\n`,
      "cache/todo-stack/machine.json": JSON.stringify({ unreachable: ["github.com"] }),
      "cache/todo-stack/tools/.keep": "",
    });
    const made = new PretendedCheckout(folder, commands, api, app);
    for (const part of parts) await cp(join(checkout, part), join(made.folder, part), { recursive: true });
    const allowances = "apps/allowed-findings.yaml";
    await cp(join(checkout, allowances), join(made.folder, allowances));
    for (const part of ["charts", "node_modules"]) await symlink(join(checkout, part), join(made.folder, part));
    await writeFile(join(made.folder, "setup/setup.ts"), noSetup);
    await symlink(pulumi, join(made.#cache, "tools", `pulumi-${versions.pulumi}`));
    await made.#bringUp();
    return made;
  }

  /** The checkout's folder. */
  get folder(): string {
    return join(this.#folder.path, "checkout");
  }

  /** The port on which the application pretends to answer. */
  get port(): number {
    return this.#app.port;
  }

  /** The folder of the pretended cluster's profile, with the mark that says whose it is. */
  get profile(): string {
    return join(this.#cache, ".minikube/profiles/todo");
  }

  /** What that mark says. */
  mark(): object {
    return JSON.parse(readFileSync(join(this.profile, "todo-stack.json"), "utf8")) as object;
  }

  /** Runs `npx pulumi`. */
  async pulumi(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await this.#run([join(this.folder, "cli/bin/pulumi.mjs"), ...args], env);
  }

  /** Runs `npm run NAME`. */
  async npm(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await this.#run([join(this.folder, "cli/main.ts"), ...args], env);
  }

  /** Runs Pulumi itself, without what `npx pulumi` does first. It finds the state where that has put it. */
  async barePulumi(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const state = join(this.folder, ".state");
    const own = {
      PULUMI_HOME: join(state, "pulumi-home"),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(state, "passphrase"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      MINIKUBE_HOME: join(this.#cache, ".minikube"),
    };
    return await this.#spawn(join(toolFolder("pulumi", versions.pulumi), "bin/pulumi"), args, { ...own, ...env });
  }

  /** Starts `npm run NAME`, which goes on until it gets a signal. */
  start(args: string[]): Started {
    const running = this.#execa(process.execPath, [join(this.folder, "cli/main.ts"), ...args], {}, true);
    return {
      output: running.all,
      interrupt: () => void running.kill("SIGINT"),
      kill: () => void process.kill(-(running.pid ?? NaN), "SIGKILL"),
      // Not when its streams are closed: what outlives it may hold them.
      ended: once(running.nodeChildProcess, "exit").then(() => undefined),
    };
  }

  /** Puts a file on the pretended machine, for the fakes to find. */
  async machine(name: string, text: string): Promise<void> {
    await writeFile(join(this.commands.folder, name), text);
  }

  /** Replaces a text in a file of the checkout, which must be in it. */
  async edit(file: string, from: string | RegExp, to: string): Promise<void> {
    const path = join(this.folder, file);
    const text = await readFile(path, "utf8");
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${file} does not contain ${String(from)}: repair this test`);
    await writeFile(path, edited);
  }

  /** Sets settings of the stack besides its port. */
  async set(settings: Record<string, string | number>): Promise<void> {
    const lines = Object.entries({ port: this.port, ...settings }).map(
      ([key, value]) => `  todo-stack:${key}: ${value}`,
    );
    await writeFile(join(this.folder, "Pulumi.test.yaml"), `config:\n${lines.join("\n")}\n`);
  }

  /** What holds data: node, volume, mark of the owner, namespace, its Secrets and its release. */
  data(): string[] {
    const things = readdirSync(this.commands.folder).filter((name) => /^(container|volume)-/.test(name));
    const objects = join(this.commands.folder, "objects");
    const inside = existsSync(objects) ? readdirSync(objects).map((name) => `object ${name}`) : [];
    const namespace = this.api.objects.has("") ? ["namespace"] : [];
    return [...things, ...inside, ...namespace, ...this.#deletions()].toSorted();
  }

  /** The file of Pulumi's state. */
  get stateFile(): string {
    return join(this.folder, ".state/.pulumi/stacks/todo-stack/test.json");
  }

  /** The URN in the state of the resource of a type. */
  urnOf(type: string): string {
    const { checkpoint } = JSON.parse(readFileSync(this.stateFile, "utf8")) as {
      checkpoint: { latest: { resources: { urn: string; type: string }[] } };
    };
    const found = checkpoint.latest.resources.find((each) => each.type === type);
    if (found === undefined) throw new Error(`the state has no ${type}: repair this test`);
    return found.urn;
  }

  /** Makes all as it was when the stack was just up. */
  async restore(): Promise<void> {
    const kept = this.#folder.getPath("kept");
    for (const [name, path] of Object.entries(this.#parts())) {
      await rm(path, { recursive: true, force: true });
      await cp(join(kept, name), path, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    }
    for (const name of await readdir(this.commands.folder)) {
      if (isState(name)) await rm(join(this.commands.folder, name), { recursive: true });
    }
    await cp(join(kept, "machine"), this.commands.folder, { recursive: true });
    this.api.objects.clear();
    for (const [path, object] of this.#objects) this.api.objects.set(path, object);
    this.api.deleted.length = 0;
  }

  async remove(): Promise<void> {
    this.#app.stop();
    await Promise.all([this.#folder.rm(), this.api.stop()]);
  }

  get #cache(): string {
    return this.#folder.getPath("cache/todo-stack");
  }

  /** What commands and tests change, by a name each. */
  #parts(): Record<string, string> {
    const own = ["index.ts", "versions.ts", "Pulumi.test.yaml", "Pulumi.yaml", ".state"];
    return {
      ...Object.fromEntries(own.map((name) => [name.replaceAll("/", "_"), join(this.folder, name)])),
      minikube: join(this.#cache, ".minikube"),
    };
  }

  async #bringUp(): Promise<void> {
    await mkdir(join(this.#cache, ".minikube"), { recursive: true });
    await cp(this.api.certificate, join(this.#cache, ".minikube/ca.crt"));
    await this.machine("capacity", `8 ${16_000 * 2 ** 20}`);
    await this.machine("kubeconfig", await readFile(this.api.kubeconfig, "utf8"));
    await writeFile(join(this.folder, ".state/passphrase"), "test\n", { mode: 0o600 });
    for (const name of pluginNames) await installStandIn(join(this.folder, ".state/pulumi-home/plugins"), name);
    await mkdir(join(this.folder, ".state/pulumi-home/workspaces"));
    for (const args of [
      ["stack", "select", "--create", "test"],
      ["up", "--yes", "--skip-preview"],
    ]) {
      const { exitCode, all } = await this.pulumi(args);
      if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${String(exitCode)}:\n${all}`);
    }
    const kept = this.#folder.getPath("kept");
    for (const [name, path] of Object.entries(this.#parts())) {
      await cp(path, join(kept, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    }
    for (const name of (await readdir(this.commands.folder)).filter(isState)) {
      await cp(join(this.commands.folder, name), join(kept, "machine", name), { recursive: true });
    }
    this.#objects = new Map(this.api.objects);
    this.api.deleted.length = 0;
  }

  /** The namespaces that were deleted in Kubernetes. */
  #deletions(): string[] {
    return this.api.deleted.filter((path) => path === "").map(() => "a deletion of the namespace");
  }

  async #run(args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
    return await this.#spawn(process.execPath, args, env);
  }

  async #spawn(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
    const { exitCode, all } = await this.#execa(file, args, env);
    return { exitCode, all };
  }

  #execa(file: string, args: string[], env: NodeJS.ProcessEnv, detached = false) {
    const own = ownEnvironment();
    return execa(file, args, {
      cwd: this.folder,
      env: {
        ...own,
        PATH: `${this.commands.folder}${delimiter}${own["PATH"] ?? ""}`,
        XDG_CACHE_HOME: this.#folder.getPath("cache"),
        PULUMI_STACK: "test",
        ...env,
      },
      extendEnv: false,
      detached,
      all: true,
      reject: false,
      stdin: "ignore",
    });
  }
}

/** A file of the pretended machine that commands change, unlike the fakes themselves and their records. */
const isState = (name: string): boolean => !/^(calls|docker|minikube|kubectl|helm)$|\.input$/.test(name);

/** A port on which nothing listens. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};
