import assert from "node:assert/strict";
import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import process from "node:process";
import { createFixture } from "fs-fixture";
import { makePrivateFolder, writeWhole } from "../../machine/private-files.ts";

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe("a folder that holds secrets", () => {
  for (const umask of [0o000, 0o022, 0o077]) {
    it(`is its owner's alone under umask ${umask.toString(8)}`, async () => {
      await using folder = await createFixture();
      const before = process.umask(umask);
      try {
        makePrivateFolder(folder.getPath("logs"));
      } finally {
        process.umask(before);
      }
      assert.equal(await modeOf(folder.getPath("logs")), "700");
    });
  }

  it("is taken away from others with all that is in it when an older version has left it open", async () => {
    await using folder = await createFixture({ "logs/a.log": "hush", "logs/deep/b.log": "hush", outside: "" });
    const path = (name: string): string => folder.getPath(name);
    await writeFile(path("logs/run"), "#!/bin/sh\n", { mode: 0o755 });
    await symlink(path("outside"), path("logs/link"));
    for (const name of ["logs", "logs/deep"]) await chmod(path(name), 0o755);
    for (const name of ["logs/a.log", "logs/deep/b.log", "outside"]) await chmod(path(name), 0o644);
    makePrivateFolder(path("logs"));
    const names = ["logs", "logs/a.log", "logs/deep", "logs/deep/b.log", "logs/run", "outside"];
    assert.deepEqual(await Promise.all(names.map((name) => modeOf(path(name)))), [
      ...["700", "600", "700", "600", "700"],
      "644",
    ]);
  });

  it("may be a link to another folder, which is looked through only while others can use it", async () => {
    await using folder = await createFixture({ "elsewhere/a": "hush" });
    const path = (name: string): string => folder.getPath(name);
    await symlink(path("elsewhere"), path("state"));
    await chmod(path("elsewhere"), 0o755);
    makePrivateFolder(path("state"));
    assert.deepEqual(await Promise.all(["elsewhere", "elsewhere/a"].map((name) => modeOf(path(name)))), ["700", "600"]);
    await chmod(path("elsewhere/a"), 0o640);
    makePrivateFolder(path("state"));
    assert.equal(await modeOf(path("elsewhere/a")), "640");
  });

  it("is made with the folders above it, which stay as they are", async () => {
    await using folder = await createFixture();
    await mkdir(folder.getPath("cache"), { mode: 0o755 });
    await chmod(folder.getPath("cache"), 0o755);
    makePrivateFolder(folder.getPath("cache/logs"));
    assert.deepEqual(await Promise.all(["cache", "cache/logs"].map((name) => modeOf(folder.getPath(name)))), [
      "755",
      "700",
    ]);
  });
});

describe("a file that is written whole or not at all", () => {
  it("is for its owner alone, and leaves no draft", async () => {
    await using folder = await createFixture();
    writeWhole(folder.getPath("passphrase"), "hush\n");
    assert.equal(await folder.readFile("passphrase", "utf8"), "hush\n");
    assert.equal(await modeOf(folder.getPath("passphrase")), "600");
    assert.deepEqual(await readdir(folder.path), ["passphrase"]);
  });

  it("is not there, or as it was, when the disk is full", async function () {
    if (process.platform !== "linux") this.skip();
    await using folder = await createFixture({ old: "old" });
    for (const name of ["new", "old"]) {
      // Whatever is written to this device finds no room.
      await symlink("/dev/full", folder.getPath(`${name}.draft`));
      assert.throws(() => writeWhole(folder.getPath(name), "new"), { code: "ENOSPC" });
    }
    assert.equal(await folder.exists("new"), false, "an empty passphrase would be taken for one");
    assert.equal(await folder.readFile("old", "utf8"), "old");
  });
});
