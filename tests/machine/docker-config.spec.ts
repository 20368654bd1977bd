import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { unusedSettings, withoutLogins } from "../../machine/docker-config.ts";

const users = {
  auths: { "https://index.docker.io/v1/": { auth: "aHVzaA==" } },
  credHelpers: { "registry.example": "cloud" },
  credsStore: "desktop",
  currentContext: "desktop-linux",
  cliPluginsExtraDirs: ["/opt/cli-plugins"],
  proxies: { default: { httpProxy: "http://proxy.example:3128" } },
};

describe("the settings of Docker for Pulumi's plugins", () => {
  let fixture: FsFixture;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    fixture = await createFixture({ "users/config.json": JSON.stringify(users) });
    env = withoutLogins(
      { DOCKER_CONFIG: fixture.getPath("users"), PATH: process.env["PATH"] },
      fixture.getPath("docker-config"),
    );
  });
  afterEach(() => fixture.rm());

  const config = async (): Promise<unknown> =>
    JSON.parse(await fixture.readFile("docker-config/config.json", "utf8")) as unknown;

  it("hold no login, no proxy and no context of the user's, but the way to the user's BuildKit", async () => {
    assert.equal(env["DOCKER_CONFIG"], fixture.getPath("docker-config"));
    assert.deepEqual(await config(), {
      credsStore: "no-logins",
      cliPluginsExtraDirs: ["/opt/cli-plugins", join(fixture.getPath("users"), "cli-plugins")],
    });
  });

  it("name a credential helper that is there and knows no login, so that none of the operating system's is asked", async () => {
    const ask = async (...args: string[]) =>
      await execa("docker-credential-no-logins", args, {
        env,
        extendEnv: false,
        reject: false,
        input: "https://index.docker.io/v1/\n",
      });
    const list = await ask("list");
    assert.deepEqual([list.exitCode, list.stdout], [0, "{}"]);
    const got = await ask("get");
    // In these words Docker's client looks for what is no fault.
    assert.deepEqual([got.exitCode, got.stdout], [1, "credentials not found in native keychain"]);
  });

  it("have that helper beside them, since a checkout whose path has a colon in it is two folders on PATH", () => {
    assert.equal(env["PATH"]?.split(delimiter)[0], fixture.getPath("docker-config"));
  });

  it("say where the user's own are, which stay as they were", async () => {
    assert.equal(env["TODO_STACK_DOCKER_CONFIG"], fixture.getPath("users"));
    assert.deepEqual(JSON.parse(await fixture.readFile("users/config.json", "utf8")), users);
  });

  it("are made anew when the user's BuildKit moves", async () => {
    withoutLogins({ DOCKER_CONFIG: "/elsewhere", PATH: "" }, fixture.getPath("docker-config"));
    assert.deepEqual(await config(), { credsStore: "no-logins", cliPluginsExtraDirs: ["/elsewhere/cli-plugins"] });
  });

  it("leave out what the doctor tells", () => {
    assert.deepEqual(unusedSettings({ DOCKER_CONFIG: fixture.getPath("users") }), {
      logins: ["https://index.docker.io/v1/", "registry.example", "what desktop keeps"],
      hasProxies: true,
    });
    assert.deepEqual(unusedSettings({ DOCKER_CONFIG: "/does/not/exist" }), { logins: [], hasProxies: false });
  });
});
