import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { withoutLogins } from "../../../machine/docker-config.ts";
import { officialPlugin } from "./official-plugin.ts";
import { PluginProcess } from "./plugin-process.ts";

const proxies = { HTTP_PROXY: "http://proxy.example:3128", HTTPS_PROXY: "", NO_PROXY: "127.0.0.1" };
const login = { "registry.example": { auth: Buffer.from("me:hush").toString("base64") } };

describe("the official plugin for Docker, told to build an image", function () {
  this.timeout("1m");
  let command: string[];
  let fixture: FsFixture;
  let daemon: Server;
  let sent: string | undefined;
  let given: unknown;

  before(async function () {
    const found = await officialPlugin("docker");
    if (found === undefined) this.skip();
    command = found;
  });

  beforeEach(async () => {
    fixture = await createFixture({
      "app/Dockerfile": "FROM scratch\n",
      "users/config.json": JSON.stringify({ auths: login }),
      "broken/config.json": JSON.stringify({ auths: login, credsStore: "not-installed" }),
    });
    sent = undefined;
    // It builds nothing; what it is asked is what matters.
    daemon = createServer((request, response) => {
      request.resume();
      if (request.url?.includes("/build") !== true) return response.writeHead(200, { "api-version": "1.45" }).end("OK");
      given = JSON.parse(new URL(request.url, "http://daemon").searchParams.get("buildargs") ?? "null");
      sent = Buffer.from(String(request.headers["x-registry-config"]), "base64").toString();
      return response.writeHead(500).end('{"message":"asked"}');
    }).listen(0, "127.0.0.1");
    await once(daemon, "listening");
  });
  afterEach(async () => {
    daemon.close();
    await fixture.rm();
  });

  const build = async (env: NodeJS.ProcessEnv): Promise<void> => {
    const plugin = await PluginProcess.start("docker", command, fixture.path, env);
    await plugin.configure({ host: `tcp://127.0.0.1:${String((daemon.address() as AddressInfo).port)}` });
    await plugin.create("docker:index/image:Image", {
      imageName: "todo:1",
      skipPush: true,
      build: {
        ...{ context: "app", dockerfile: "app/Dockerfile", platform: "linux/amd64", builderVersion: "BuilderV1" },
        args: proxies,
      },
    });
    await plugin.stop();
  };
  const users = (folder: string): NodeJS.ProcessEnv => ({
    HOME: fixture.path,
    PATH: process.env["PATH"],
    DOCKER_CONFIG: fixture.getPath(folder),
  });
  const stacks = (folder: string): NodeJS.ProcessEnv => ({
    ...users(folder),
    ...withoutLogins(users(folder), fixture.getPath("own")),
  });

  it("sends every login of the user's settings", async () => {
    await build(users("users"));
    assert.match(sent ?? "", /"password":"hush"/);
  });

  it("sends the proxies that are arguments of the build", async () => {
    await build(users("users"));
    assert.deepEqual(given, proxies);
  });

  it("sends none by the settings that the stack gives it", async () => {
    await build(stacks("users"));
    assert.equal(sent, "{}");
  });

  it("does not even ask for a build when a credential helper of the user's is missing", async () => {
    await build(users("broken"));
    assert.equal(sent, undefined);
  });

  it("builds by the settings of the stack all the same", async () => {
    await build(stacks("broken"));
    assert.equal(sent, "{}");
  });
});
