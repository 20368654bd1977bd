import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { execa } from "execa";
import { copyAll, copySome } from "../../toolchain/dev/code-copy.ts";
import type { Code } from "../../toolchain/dev/code-copy.ts";

const odd = "src/it's a $(touch hacked) file.py";

/** The scripts are run by a shell of this machine, in a folder in place of the pod's volume. */
describe("npm run dev: the copy of the code in a pod", () => {
  let checkout: FsFixture;
  let volume: FsFixture;
  let code: Code;
  const run = async (script: string): Promise<string> =>
    (await execa("sh", { input: script.replaceAll("/source", volume.path) })).stdout;
  const inVolume = async (): Promise<string[]> =>
    (await readdir(volume.path, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(volume.path.length).replace(/^\//, ""))
      .toSorted();

  beforeEach(async () => {
    checkout = await createFixture({
      ".dockerignore": "*\n!src\n!public\n!lock\n**/*.pyc\n",
      lock: "1",
      "src/main.py": "one",
      "src/deep/other.py": "two",
      "src/deep/other.pyc": "compiled",
      [odd]: "odd",
      "public/big.bin": "x".repeat(300_000),
    });
    // As umask 077 leaves them.
    await chmod(checkout.getPath("src/main.py"), 0o700);
    await chmod(checkout.getPath("src/deep/other.py"), 0o600);
    await symlink("main.py", checkout.getPath("src/link.py"));
    volume = await createFixture({});
    code = { context: checkout.path, folders: ["src", "public"] };
  });

  afterEach(async () => {
    await checkout.rm();
    await volume.rm();
  });

  it("has every file of the code that .dockerignore lets in, and is marked as complete last", async () => {
    const { removed } = await copyAll(code, run);
    const files = ["public/big.bin", "src/deep/other.py", odd, "src/link.py", "src/main.py"].toSorted();
    assert.deepEqual(await inVolume(), [".complete", ...files]);
    assert.deepEqual(removed, []);
    for (const file of files.filter((each) => each !== "src/link.py")) {
      assert.equal(await readFile(volume.getPath(file), "utf8"), await readFile(checkout.getPath(file), "utf8"), file);
    }
    assert.equal(await readlink(volume.getPath("src/link.py")), "main.py");
    const modeOf = async (file: string): Promise<number> => (await stat(volume.getPath(file))).mode & 0o777;
    assert.equal(await modeOf("src/main.py"), 0o755, "an executable file must stay one, and be read by another user");
    assert.equal(await modeOf("src/deep/other.py"), 0o644);
  });

  it("is not marked as complete when the transfer breaks off", async () => {
    const broken = (script: string): Promise<string> => run(script.replace("tar -xof -", "(cat >/dev/null; exit 1)"));
    await assert.rejects(copyAll(code, broken));
    assert.deepEqual(await inVolume(), []);
  });

  it("loses what is not in the checkout any more when all is copied again", async () => {
    await copyAll(code, run);
    await rm(checkout.getPath("src/deep"), { recursive: true });
    await rm(checkout.getPath(odd));
    const { removed } = await copyAll(code, run);
    assert.deepEqual(removed.toSorted(), ["src/deep/other.py", odd].toSorted());
    assert.deepEqual(await inVolume(), [".complete", "public/big.bin", "src/link.py", "src/main.py"]);
  });

  it("takes edits, new files and deletions of files and folders in one go", async () => {
    await copyAll(code, run);
    await writeFile(checkout.getPath("src/main.py"), "edited");
    await mkdir(checkout.getPath("src/new"));
    await writeFile(checkout.getPath("src/new/file.py"), "new");
    await rm(checkout.getPath("src/deep"), { recursive: true });
    await rm(checkout.getPath(odd));
    const paths = ["src/main.py", "src/new/file.py", "src/deep/other.py", "src/deep", odd];
    const scripts: string[] = [];
    const { files, removed } = await copySome(code, paths, (script) => {
      scripts.push(script);
      return run(script);
    });
    assert.equal(scripts.length, 1, "each round trip costs the developer's time");
    assert.deepEqual(files, ["src/main.py", "src/new/file.py"]);
    assert.deepEqual(removed, ["src/deep/other.py", "src/deep", odd]);
    assert.deepEqual(await inVolume(), [
      ".complete",
      "public/big.bin",
      "src/link.py",
      "src/main.py",
      "src/new/file.py",
    ]);
    assert.equal(await readFile(volume.getPath("src/main.py"), "utf8"), "edited");
  });
});
