import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { contextFiles, hashOf } from "../../components/build-context/content-hash.ts";
import { executables } from "../../machine/executables.ts";
import { cacheFolder, checkout } from "../../machine/paths.ts";
import { minimalPath } from "../helpers/pretended/minimal-path.ts";
import { ownEnvironment } from "../helpers/pretended/own-environment.ts";
import { copySources } from "../helpers/working-copy.ts";
import { FakeApi } from "../provider/fake-api.ts";
import { FakeStack } from "../helpers/pretended/fake-stack.ts";

/** A proxy that answers nobody. */
const proxy = "http://127.0.0.1:9";

/** What is different from the machine of who wrote the stack, several things at a time. */
interface Surroundings {
  title: string;
  /** Parts of the path of the checkout. */
  folder: string[];
  /** Whether the checkout is entered by a link to it. */
  byLink: boolean;
  /** The folder in the checkout in which the commands are typed. */
  typedIn: string;
  env: Record<string, string>;
  umask: string;
  /** How many files the shell lets be opened at a time. */
  files: number;
  /** How Git was told to write the ends of lines. */
  autocrlf: boolean;
}

const all: Surroundings[] = [
  {
    title:
      "a path with spaces, quotes, other scripts and what means something in URLs, by a link, in a folder of it; Git for Windows",
    folder: [`it's "c#" 100%20?`, "é e\u0301 买 &;$(x)"],
    byLink: true,
    typedIn: "apps/backend/src",
    env: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati", COLUMNS: "20" },
    umask: "022",
    files: 1024,
    autocrlf: true,
  },
  {
    title:
      "umask 077, few open files, no home, a proxy for everything in capitals, Turkish words, variables of npm and Pulumi",
    folder: ["plain"],
    byLink: false,
    typedIn: "charts",
    env: {
      ...{ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: "one.example", NODE_ENV: "production" },
      ...{ npm_config_omit: "dev optional", NPM_CONFIG_GLOBAL: "false", npm_config_production: "true" },
      ...{ PULUMI_HOME: "/nowhere", PULUMI_BACKEND_URL: "https://nobody.example", PULUMI_CONFIG: "/nowhere" },
      ...{ PULUMI_PREFER_YARN: "true", PULUMI_EXPERIMENTAL: "true", PULUMI_DEBUG_COMMANDS: "true" },
      ...{ LANG: "C", LC_ALL: "POSIX", NO_COLOR: "1", TERM: "dumb", HOME: "/proc/nobody" },
    },
    umask: "077",
    files: 256,
    autocrlf: false,
  },
  {
    title:
      "a path with what means something in patterns; a proxy for all protocols, none of it to be used; no TERM, colours forced",
    folder: ["a [b c] {d,e} *!~^"],
    byLink: true,
    typedIn: ".",
    env: {
      ...{ http_proxy: proxy, https_proxy: proxy, all_proxy: proxy, ALL_PROXY: proxy, no_proxy: "*" },
      ...{ FORCE_COLOR: "3", TERM: "", TZ: "America/St_Johns", LANG: "ja_JP.eucJP", LC_ALL: "" },
    },
    umask: "027",
    files: 1024,
    autocrlf: false,
  },
];

/** A checkout in some surroundings, a stack of which seems to run. */
describe("the stack in other surroundings", function () {
  this.timeout("5m");

  let place: string;
  let images: Record<"backendImage" | "frontendImage", string>;

  before(async () => {
    place = await mkdtemp(join(tmpdir(), "surroundings-"));
    const imageOf = (app: string): string => hashOf(contextFiles(join(checkout, "apps", app))).slice(0, 16);
    images = {
      backendImage: `todo-backend:${imageOf("backend")}`,
      frontendImage: `todo-frontend:${imageOf("frontend")}`,
    };
  });

  after(() => rm(place, { recursive: true, force: true }));

  for (const surroundings of all) {
    describe(surroundings.title, () => {
      const { umask, files } = surroundings;
      let stack: FakeStack;
      let typedIn: string;
      let temporary: string;

      before(async () => {
        const parent = join(place, ...surroundings.folder);
        await mkdir(parent, { recursive: true });
        stack = await FakeStack.create({}, parent);
        const { folder } = stack.place;
        await checkOut(folder, surroundings);
        await linkPackages(folder);
        await linkCache(join(folder, "home"));
        const entered = surroundings.byLink ? join(place, `link to ${surroundings.folder.length}`) : folder;
        if (surroundings.byLink) await symlink(folder, entered);
        typedIn = join(entered, surroundings.typedIn);
        temporary = join(folder, "temporary files");
        await mkdir(temporary);
      });

      after(() => stack.remove());

      const type = async (words: string[], env: Record<string, string> = {}) =>
        await execa("sh", ["-c", `umask ${umask}; ulimit -n ${files}; cd "$PLACE" && exec "$@"`, "sh", ...words], {
          env: {
            ...ownEnvironment(),
            ...surroundings.env,
            PLACE: typedIn,
            XDG_CACHE_HOME: join(stack.place.folder, "elsewhere"),
            TMPDIR: temporary,
            ...env,
          },
          extendEnv: false,
          reject: false,
          all: true,
          stdin: "ignore",
        });

      it("npx pulumi preview plans the same, with the same images", async () => {
        const PATH = await minimalPath(await mkdtemp(join(place, "path-")), ["npm", "npx"]);
        const { exitCode, stdout, all: output } = await type(["npx", "pulumi", "preview", "--json"], { PATH });
        assert.equal(exitCode, 0, output);
        const { steps } = JSON.parse(stdout) as {
          steps: { op: string; newState: { type: string; outputs?: object } }[];
        };
        assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);
        const program = steps.find(({ newState }) => newState.type === "pulumi:pulumi:Stack");
        const { backendImage, frontendImage } = { ...images, ...program?.newState.outputs };
        assert.deepEqual({ backendImage, frontendImage }, images);
      });

      it("npm run status says that the stack runs and answers", async () => {
        await using servers = await Servers.start();
        await stack.state({ instance: "life-1", url: `http://localhost:${servers.port}` });
        await stack.cluster("running");
        await stack.kubernetes(servers.api);
        const { exitCode, stdout, all: output } = await type(["npm", "run", "--silent", "status", "--", "--json"]);
        assert.equal(exitCode, 0, output);
        const { cluster, answers } = JSON.parse(stdout) as { cluster: string; answers: boolean };
        assert.deepEqual({ cluster, answers }, { cluster: "running", answers: true }, output);
        const screen = await type(["npm", "run", "--silent", "status"]);
        assert.match(stripVTControlCharacters(screen.stdout), /todo running, instance life-1/);
      });
    });
  }
});

/**
 * What answers for a stack: its Kubernetes and its application, and at the same port of ::1, where there is that, a
 * stranger.
 */
class Servers {
  readonly api: FakeApi;
  readonly #app: Server;
  readonly #stranger: Server;

  private constructor(api: FakeApi, app: Server, stranger: Server) {
    this.api = api;
    this.#app = app;
    this.#stranger = stranger;
  }

  static async start(): Promise<Servers> {
    const answering = (status: number): Server =>
      createServer((_request, response) => response.writeHead(status).end());
    // What the backend says to who has no session.
    const servers = new Servers(await FakeApi.start(), answering(401), answering(500));
    servers.#app.listen(0, "127.0.0.1");
    await once(servers.#app, "listening");
    servers.#stranger.on("error", () => undefined).listen(servers.port, "::1");
    return servers;
  }

  get port(): number {
    return (this.#app.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#app, this.#stranger]) {
      server.closeAllConnections();
      server.close();
    }
    await this.api.stop();
  }
}

/** Puts the sources into a folder, where they are asked for as Git for Windows writes them. */
async function checkOut(folder: string, { umask, autocrlf }: Surroundings): Promise<void> {
  const before = process.umask(umask);
  try {
    await copySources(folder);
    if (!autocrlf) return;
    const git = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf", "checkout-index", "--all", "--force"];
    await execa("git", [...git, `--prefix=${folder}/`], { cwd: checkout });
    // As on a file system that keeps no modes.
    for (const file of executables) await chmod(join(folder, file), 0o644);
  } finally {
    process.umask(before);
  }
}

/** Links the installed packages, and the checkout's own command as npm would. */
async function linkPackages(folder: string): Promise<void> {
  const [from, to] = [checkout, folder].map((each) => join(each, "node_modules")) as [string, string];
  await mkdir(join(to, ".bin"), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== ".bin" && name !== "@todo-stack") await symlink(join(from, name), join(to, name));
  }
  await symlink("../../cli/bin/pulumi.mjs", join(to, ".bin", "pulumi"));
}

/** Makes a cache that has the tools of the user's, and no cluster. */
async function linkCache(cache: string): Promise<void> {
  await mkdir(join(cache, "tools"), { recursive: true });
  const names = [
    ...(await readdir(cacheFolder)),
    ...(await readdir(join(cacheFolder, "tools"))).map((tool) => `tools/${tool}`),
  ];
  for (const name of names) {
    const isShared = name === "machine.json" || /^pulumi-plugins$|^tools\/(pulumi|helm|node)-/.test(name);
    if (isShared) await symlink(join(cacheFolder, name), join(cache, name));
  }
  const elsewhere = join(dirname(cache), "elsewhere");
  await mkdir(elsewhere);
  await symlink(cache, join(elsewhere, "todo-stack"));
}
