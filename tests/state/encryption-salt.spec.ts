import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { createFixture, type FsFixture } from "fs-fixture";
import { hasSecrets, keepingSettings } from "../../state/encryption-salt.ts";

const salt = "encryptionsalt: v1:abc=:v1:def:ghi==\n";
const settings = "# Settings of the stack.\nconfig:\n  todo-stack:cpus: 2\n";
const secret = "config:\n  todo-stack:key:\n    secure: v1:abc:def\n";
const file = "Pulumi.dev.yaml";

const withSettings = (text: string): Promise<FsFixture> => createFixture({ [file]: text });
const read = (folder: FsFixture): Promise<string> => readFile(folder.getPath(file), "utf8");

describe("settings of a stack, while Pulumi runs", () => {
  it("lose the salt that Pulumi writes", async () => {
    await using folder = await withSettings(settings);
    await keepingSettings(() => appendFile(folder.getPath(file), salt), folder.path);
    assert.equal(await read(folder), settings);
  });

  it("are put back where a run was killed while it wrote them", async () => {
    await using folder = await withSettings(settings);
    const killed = keepingSettings(() => new Promise(() => undefined), folder.path);
    void killed;
    await writeFile(folder.getPath(file), "");
    await keepingSettings(() => Promise.resolve(), folder.path);
    assert.equal(await read(folder), settings);
  });

  it("stay empty where a run that has ended has emptied them", async () => {
    await using folder = await withSettings(settings);
    await keepingSettings(() => writeFile(folder.getPath(file), ""), folder.path);
    await keepingSettings(() => Promise.resolve(), folder.path);
    assert.equal(await read(folder), "");
  });

  it("lose it when Pulumi fails as well", async () => {
    await using folder = await withSettings(settings);
    const failing = async (): Promise<void> => {
      await appendFile(folder.getPath(file), salt);
      throw new Error("interrupted");
    };
    await assert.rejects(keepingSettings(failing, folder.path), /interrupted/);
    assert.equal(await read(folder), settings);
  });

  it("lose the salt of another checkout before Pulumi looks at it", async () => {
    await using folder = await withSettings(settings + salt);
    await keepingSettings(async () => {
      assert.equal(await read(folder), settings, "Pulumi would say: incorrect passphrase");
    }, folder.path);
  });

  it("keep the salt that encrypted values need", async () => {
    await using folder = await withSettings(settings);
    await keepingSettings(() => writeFile(folder.getPath(file), secret + salt), folder.path);
    assert.equal(await read(folder), secret + salt);
  });

  it("keep what Pulumi changes", async () => {
    await using folder = await withSettings(settings);
    const changed = settings.replace("cpus: 2", "cpus: 3");
    await keepingSettings(() => writeFile(folder.getPath(file), changed + salt), folder.path);
    assert.equal(await read(folder), changed);
  });

  it("keep comments and an empty config, which Pulumi drops when it writes the salt", async () => {
    const empty = "# Settings of the stack.\nconfig: {}\n";
    await using folder = await withSettings(empty);
    await keepingSettings(() => writeFile(folder.getPath(file), salt), folder.path);
    assert.equal(await read(folder), empty);
  });

  it("keep a comment that somebody saves meanwhile", async () => {
    await using folder = await withSettings(settings);
    const commented = `${settings}# Two are enough.\n`;
    await keepingSettings(() => writeFile(folder.getPath(file), commented), folder.path);
    assert.equal(await read(folder), commented);
  });

  it("are left alone while somebody types them, and fail no command", async () => {
    await using folder = await createFixture({ [file]: settings, "Pulumi.demo.yaml": settings });
    const half = "config:\n  todo-stack:cpus: [2\n";
    const work = async (): Promise<string> => {
      await appendFile(folder.getPath(file), salt);
      await writeFile(folder.getPath("Pulumi.demo.yaml"), half);
      return "done";
    };
    assert.equal(await keepingSettings(work, folder.path), "done");
    assert.equal(await read(folder), settings);
    assert.equal(await readFile(folder.getPath("Pulumi.demo.yaml"), "utf8"), half);
    await keepingSettings(() => writeFile(folder.getPath(file), half + salt), folder.path);
    assert.equal(await read(folder), half, "without the salt");
  });

  it("are not left for a stack that has none", async () => {
    await using folder = await createFixture();
    await keepingSettings(() => writeFile(folder.getPath("Pulumi.demo.yaml"), salt), folder.path);
    assert.equal(existsSync(folder.getPath("Pulumi.demo.yaml")), false);
  });

  it("tell whether they hold encrypted values", async () => {
    await using folder = await createFixture({ "Pulumi.dev.yaml": settings, "Pulumi.team.yaml": secret });
    assert.equal(hasSecrets("dev", folder.path), false);
    assert.equal(hasSecrets("team", folder.path), true);
    assert.equal(hasSecrets("absent", folder.path), false);
  });
});
