import assert from "node:assert/strict";
import { lstat, mkdir, readFile, readdir, readlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import type { Machine } from "../../machine/machine.ts";
import { languageHostStep, pluginsIn, pluginStep, shareFolder } from "../../setup/plugins.ts";
import type { PluginPlace } from "../../setup/plugins.ts";
import { executableOf, installStandIn, whatIs } from "../../offline/stand-ins/install.ts";
import type { PluginName } from "../../offline/stand-ins/install.ts";

const hosts = ["get.pulumi.com", "github.com"];
const connected: Machine = { unreachable: [] };
const apart: Machine = { unreachable: hosts };
const refusing: Machine = { unreachable: [], without: hosts };

describe("Pulumi's plugins", () => {
  let fixture: FsFixture;
  let folder: string;
  let machine: Machine;
  let fetched: PluginName[];
  let isServed: boolean;
  let hasLanguageHost: boolean;
  const lines: string[] = [];

  beforeEach(async () => {
    fixture = await createFixture();
    folder = fixture.getPath("plugins");
    [machine, fetched, isServed, hasLanguageHost] = [connected, [], true, false];
  });
  afterEach(() => fixture.rm());

  const place = (): PluginPlace => ({
    folder,
    machine,
    prepare: () => Promise.resolve(),
    fetch: async (name) => {
      if (!isServed) throw new Error("502 Bad Gateway");
      fetched.push(name);
      await put(name);
    },
    hasLanguageHost: () => Promise.resolve(hasLanguageHost),
  });
  const put = async (name: PluginName): Promise<void> => {
    await mkdir(dirname(executableOf(folder, name)), { recursive: true });
    await writeFile(executableOf(folder, name), `\u007fELF official ${name}`);
  };
  const setUp = async (on: Machine): Promise<void> => {
    machine = on;
    const step = pluginStep("docker", place);
    if (!(await step.isDone())) await step.run((line) => lines.push(line));
    assert.equal(await pluginStep("docker", place).isDone(), true, "nothing may be left to do");
  };
  const docker = async () => await whatIs(executableOf(folder, "docker"));

  it("are fetched where one of their two places answers", async () => {
    await setUp({ unreachable: ["get.pulumi.com"] });
    assert.deepEqual([await docker(), fetched], ["official", ["docker"]]);
  });

  it("have stand-ins where none does, and nothing is fetched", async () => {
    await setUp(apart);
    assert.deepEqual([await docker(), fetched], ["stand-in", []]);
  });

  it("are used when they are there, whatever can be reached", async () => {
    await put("docker");
    await setUp(apart);
    assert.deepEqual([await docker(), fetched], ["official", []]);
  });

  it("have stand-ins when they do not arrive, though their place answers", async () => {
    isServed = false;
    machine = connected;
    await pluginStep("docker", place).run((line) => lines.push(line));
    assert.equal(await docker(), "stand-in");
    assert.match(lines.at(-1) ?? "", /a stand-in takes its place: .*502 Bad Gateway/);
  });

  it("take the places of stand-ins as soon as they can be fetched, and leave them when the user wants none", async () => {
    await setUp(apart);
    await setUp(connected);
    assert.deepEqual([await docker(), fetched], ["official", ["docker"]]);
    await setUp(refusing);
    assert.equal(await docker(), "stand-in");
    await setUp(connected);
    assert.deepEqual([await docker(), fetched], ["official", ["docker"]], "it was kept, and need not be fetched again");
  });

  it("come back from where they were kept when nothing can be reached any more", async () => {
    await put("docker");
    await setUp(refusing);
    await setUp(apart);
    assert.match(await readFile(executableOf(folder, "docker"), "utf8"), /official docker/);
  });

  it("are replaced one by one", async () => {
    await installStandIn(folder, "random");
    await setUp(connected);
    hasLanguageHost = true;
    assert.deepEqual(await pluginsIn(folder, () => Promise.resolve(true)), [
      ["docker", "official"],
      ["kubernetes", "missing"],
      ["random", "stand-in"],
      ["nodejs", "official"],
    ]);
  });

  it("have no stand-in for what runs the program where Pulumi has brought that along", async () => {
    hasLanguageHost = true;
    const step = languageHostStep(place);
    assert.equal(await step.isDone(), true);
    await step.run(() => undefined);
    assert.equal(await whatIs(executableOf(folder, "nodejs")), "missing");
  });

  it("have one where Pulumi was made from Go modules", async () => {
    const step = languageHostStep(place);
    assert.equal(await step.isDone(), false);
    await step.run(() => undefined);
    assert.equal(await whatIs(executableOf(folder, "nodejs")), "stand-in");
    assert.equal(await step.isDone(), true);
  });

  describe("of every checkout", () => {
    const shared = (): string => fixture.getPath("shared");

    it("are in one folder", async () => {
      await shareFolder(folder, shared());
      assert.equal(await readlink(folder), shared());
      await shareFolder(folder, shared());
    });

    it("leave a folder of a checkout that has stand-ins alone", async () => {
      await installStandIn(folder, "docker");
      await shareFolder(folder, shared());
      assert.equal(await readlink(folder), shared());
    });

    it("stay in a folder of a checkout that has more", async () => {
      await installStandIn(folder, "docker");
      await put("random");
      await shareFolder(folder, shared());
      assert.equal((await lstat(folder)).isSymbolicLink(), false);
      assert.equal((await readdir(folder)).length, 2);
    });
  });
});
