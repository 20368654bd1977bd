import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { checkout } from "../../../machine/paths.ts";
import { installStandIn, pluginNames, renewStandIns } from "../../../offline/stand-ins/install.ts";
import { versionOf } from "../../../offline/stand-ins/plugin-versions.ts";

const randomLauncher = `plugins/resource-random-v${versionOf("@pulumi/random")}/pulumi-resource-random`;

describe("stand-ins: installation", () => {
  let home: FsFixture;
  beforeEach(async () => {
    home = await createFixture();
    for (const name of pluginNames) await installStandIn(home.getPath("plugins"), name);
  });
  afterEach(() => home.rm());

  it("puts a plugin of each kind where the engine looks for it, in the version of its npm package", async () => {
    assert.deepEqual((await readdir(home.getPath("plugins"))).toSorted(), [
      `language-nodejs-v${versionOf("@pulumi/pulumi")}`,
      `resource-docker-v${versionOf("@pulumi/docker")}`,
      `resource-kubernetes-v${versionOf("@pulumi/kubernetes")}`,
      `resource-random-v${versionOf("@pulumi/random")}`,
    ]);
  });

  it("can be repeated, and leaves nothing else behind", async () => {
    for (const name of pluginNames) await installStandIn(home.getPath("plugins"), name);
    assert.deepEqual(await readdir(join(home.getPath(randomLauncher), "..")), ["pulumi-resource-random"]);
  });

  it("writes the launcher of another version of this project again, and no official plugin and none that is missing", async () => {
    const launcher = home.getPath(randomLauncher);
    const text = await readFile(launcher, "utf8");
    await writeFile(launcher, text.replaceAll("random.ts", "moved.ts"));
    const folder = (name: string): string =>
      home.getPath("plugins", `resource-${name}-v${versionOf(`@pulumi/${name}`)}`);
    const official = join(folder("docker"), "pulumi-resource-docker");
    await writeFile(official, "ELF official");
    await rm(folder("kubernetes"), { recursive: true });
    await renewStandIns(home.getPath("plugins"));
    assert.equal(await readFile(launcher, "utf8"), text);
    assert.equal(await readFile(official, "utf8"), "ELF official");
    assert.ok(!(await readdir(home.getPath("plugins"))).some((name) => name.includes("kubernetes")));
  });

  it("starts a plugin that prints its port and ends with its engine", async function () {
    this.timeout(20_000);
    const plugin = spawn(home.getPath(randomLauncher), [], {
      cwd: checkout,
      env: { ...process.env, TODO_STACK_CHECKOUT: undefined },
    });
    const [port] = (await once(plugin.stdout, "data")) as [Buffer];
    assert.match(String(port), /^\d+\n$/);
    plugin.stdin.end();
    assert.deepEqual(await once(plugin, "exit"), [0, null]);
  });

  it("says what is missing outside of a checkout", async () => {
    await using elsewhere = await createFixture();
    const start = promisify(execFile)(home.getPath(randomLauncher), {
      cwd: elsewhere.path,
      env: { ...process.env, TODO_STACK_CHECKOUT: undefined },
    });
    await assert.rejects(
      start,
      /no offline\/stand-ins\/random\/random-plugin.ts in or above .*: run Pulumi in a checkout/,
    );
  });
});
