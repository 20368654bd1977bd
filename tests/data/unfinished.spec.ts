import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import type { Writable } from "node:stream";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import type { Database } from "../../data/cluster-database.ts";
import { saveInto } from "../../data/dump.ts";
import { UserError } from "../../provider/processes/errors.ts";

const dead = 2 ** 22 + 1; // above the largest process id of Linux
const name = (owner: string): string => `dev-2026-01-02T03-04-05Z.dump.partial${owner}`;

describe("a backup that was killed", () => {
  let folder: FsFixture;

  beforeEach(async () => (folder = await createFixture()));
  afterEach(() => folder.rm());

  /** A database that writes a dump, while something happens. */
  const database = (meanwhile: () => Promise<unknown> = () => Promise.resolve()): Database => {
    const run = async (_script: string, output: Writable): Promise<void> => {
      output.write("PGDMP");
      await meanwhile();
    };
    return { run } as unknown as Database;
  };

  /** What is left of an unfinished backup after the next one, beside that one. */
  const left = async (owner: string, age = 0): Promise<boolean> => {
    await folder.writeFile(name(owner), "PGD");
    const time = Date.now() / 1000 - age;
    await utimes(folder.getPath(name(owner)), time, time);
    const made = await saveInto(database(), "dev", folder.path);
    const names = await readdir(folder.path);
    assert.ok(names.includes(made.split("/").at(-1) ?? ""));
    await folder.rm("");
    folder = await createFixture();
    return names.includes(name(owner));
  };

  it("leaves nothing that the next one does not remove", async () => {
    assert.equal(await left(`-${hostname()}-${dead}`), false);
  });

  it("is told from one that a process of this machine writes", async () => {
    assert.ok(await left(`-${hostname()}-${process.ppid}`));
  });

  it("is told from one that another machine writes, until that has written nothing for a day", async () => {
    for (const owner of ["-another.example-1", ""]) {
      assert.ok(await left(owner), `${name(owner)}: it may be written`);
      assert.equal(await left(owner, 25 * 60 * 60), false, `${name(owner)}: nobody writes it any more`);
    }
  });

  it("is told from one that this process writes at the same time", async () => {
    let during: string[] = [];
    const second = (): Promise<unknown> => saveInto(database(), "other", folder.path);
    const first = await saveInto(
      database(async () => {
        await second();
        during = await readdir(folder.path);
      }),
      "dev",
      folder.path,
    );
    assert.equal(during.filter((each) => each.includes(".partial")).length, 1, during.join());
    assert.deepEqual(
      (await readdir(folder.path)).filter((each) => each.includes(".partial")),
      [],
    );
    assert.ok(await folder.exists(first.split("/").at(-1) ?? ""));
  });
});

describe("a backup for which the disk has no room", () => {
  it("fails in one sentence while the database still speaks, and leaves no file", async () => {
    await using folder = await createFixture();
    let isDestroyed = false;
    const run = async (_script: string, output: Writable): Promise<void> => {
      output.once("close", () => (isDestroyed = true));
      output.write("PGDMP");
      // A database that has much more to say.
      await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    };
    const full = (path: string): Writable => {
      const file = createWriteStream(path);
      file._write = (_chunk, _encoding, done) =>
        done(Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }));
      return file;
    };
    const saving = saveInto({ run } as unknown as Database, "dev", folder.path, full);
    await assert.rejects(saving, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /dev-\S+\.dump cannot be written: no space is left on its disk\.\n.*df -h/);
      return true;
    });
    assert.deepEqual(await readdir(folder.path), []);
    assert.ok(isDestroyed, "whoever reads from the database must learn that it need not go on");
  });
});
