import assert from "node:assert/strict";
import { chmod, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { contextDigest } from "../../../../offline/stand-ins/docker/docker-context.ts";

type Edit = (folder: string) => Promise<unknown>;

const digestOf = (folder: string): string => contextDigest(folder, join(folder, "Dockerfile"));

async function changedBy(edit: Edit, files: Record<string, string> = {}): Promise<boolean> {
  await using fixture = await createFixture({
    Dockerfile: "FROM scratch",
    "src/a.txt": "a",
    "src/b.txt": "b",
    "node_modules/x.js": "x",
    ".dockerignore": "node_modules\n*.log\n",
    "debug.log": "1",
    ...files,
  });
  const before = digestOf(fixture.path);
  await edit(fixture.path);
  return digestOf(fixture.path) !== before;
}

describe("stand-ins: digest of a build context", () => {
  const cases: { what: string; changes: boolean; edit: Edit; files?: Record<string, string> }[] = [
    { what: "nothing", changes: false, edit: () => Promise.resolve() },
    { what: "a file's content", changes: true, edit: (at) => writeFile(join(at, "src/a.txt"), "A") },
    { what: "a file's name", changes: true, edit: (at) => rename(join(at, "src/a.txt"), join(at, "src/c.txt")) },
    { what: "a file's mode", changes: true, edit: (at) => chmod(join(at, "src/a.txt"), 0o755) },
    { what: "the Dockerfile", changes: true, edit: (at) => writeFile(join(at, "Dockerfile"), "FROM other") },
    { what: "an ignored file", changes: false, edit: (at) => writeFile(join(at, "debug.log"), "2") },
    {
      what: "a file in an ignored folder",
      changes: false,
      edit: (at) => writeFile(join(at, "node_modules/x.js"), "y"),
    },
    {
      what: "an exception from an ignored folder",
      changes: true,
      edit: (at) => writeFile(join(at, "node_modules/x.js"), "y"),
      files: { ".dockerignore": "node_modules\n!node_modules/x.js\n" },
    },
    {
      what: "a file that only the Dockerfile's own ignore file lets in",
      changes: true,
      edit: (at) => writeFile(join(at, "debug.log"), "2"),
      files: { "Dockerfile.dockerignore": "node_modules\n" },
    },
  ];
  for (const { what, changes, edit, files } of cases)
    it(`${changes ? "changes" : "does not change"} with ${what}`, async () => {
      assert.equal(await changedBy(edit, files), changes);
    });

  it("does not change with what is behind a link, as the official plugin's", async () => {
    await using fixture = await createFixture({ "outside.txt": "1", "context/Dockerfile": "FROM scratch" });
    const context = join(fixture.path, "context");
    await symlink("../outside.txt", join(context, "link"));
    const before = digestOf(context);
    await writeFile(join(fixture.path, "outside.txt"), "2");
    assert.equal(digestOf(context), before);
  });

  it("takes a link to nothing as Docker takes it: it changes with where the link leads", async () => {
    await using fixture = await createFixture({ Dockerfile: "FROM scratch" });
    await symlink("nowhere", join(fixture.path, "link"));
    const before = digestOf(fixture.path);
    assert.equal(digestOf(fixture.path), before);
    await rm(join(fixture.path, "link"));
    await symlink("elsewhere", join(fixture.path, "link"));
    assert.notEqual(digestOf(fixture.path), before);
  });
});
