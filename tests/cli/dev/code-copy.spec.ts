import assert from "node:assert/strict";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { execa } from "execa";
import { CodeCopy, room } from "../../../cli/dev/code-copy.ts";
import type { Copied } from "../../../cli/dev/code-copy.ts";

const odd = "src/it's a $(touch hacked) file.py";

/** The scripts are run by a shell of this machine, in a folder in place of the pod's volume. */
describe("npm run dev: the copy of the code in a pod", function () {
  // Each script is a handful of processes.
  this.timeout("3m");

  let checkout: FsFixture;
  let volume: FsFixture;
  let copy: CodeCopy;
  let scripts: string[];
  const run = async (script: string): Promise<string> => {
    scripts.push(script);
    return (await execa("sh", { input: script.replaceAll("/source", volume.path) })).stdout;
  };
  const update = async (...changed: string[]): Promise<Copied> => await copy.update(new Set(changed), run);
  const paths = async (folder: string): Promise<string[]> => (await readdir(folder, { recursive: true })).toSorted();
  const inVolume = async (): Promise<string[]> =>
    (await readdir(volume.path, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(volume.path.length).replace(/^\//, ""))
      .toSorted();
  /** Compares every file, link and folder of the code in the pod with the checkout. */
  const isAsInCheckout = async (): Promise<void> => {
    for (const folder of ["src", "public"]) {
      const [wanted, there] = [checkout.getPath(folder), volume.getPath(folder)];
      const expected = (await paths(wanted)).filter((path) => !path.endsWith(".pyc"));
      assert.deepEqual(await paths(there), expected);
      for (const path of expected) {
        const [one, other] = [await lstat(join(wanted, path)), await lstat(join(there, path))];
        const kind = one.isDirectory() ? "folder" : one.isSymbolicLink() ? "link" : "file";
        assert.equal(other.isDirectory() ? "folder" : other.isSymbolicLink() ? "link" : "file", kind, path);
        if (kind === "file")
          assert.ok((await readFile(join(wanted, path))).equals(await readFile(join(there, path))), path);
        if (kind === "link") assert.equal(await readlink(join(there, path)), await readlink(join(wanted, path)), path);
      }
    }
  };

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
    await chmod(checkout.getPath("src/main.py"), 0o755);
    await symlink("main.py", checkout.getPath("src/link.py"));
    volume = await createFixture({});
    scripts = [];
    copy = new CodeCopy({ context: checkout.path, folders: ["src", "public"] });
  });

  afterEach(async () => {
    await checkout.rm();
    await volume.rm();
  });

  it("has every file of the code that .dockerignore lets in, and is marked as complete last", async () => {
    const { removed } = await update();
    const files = ["public/big.bin", "src/deep/other.py", odd, "src/link.py", "src/main.py"].toSorted();
    assert.deepEqual(await inVolume(), [".complete", ...files]);
    assert.deepEqual(removed, []);
    await isAsInCheckout();
    assert.equal((await stat(volume.getPath("src/main.py"))).mode & 0o111, 0o111, "an executable file must stay one");
    assert.match(scripts.at(-1) ?? "", /^touch .*\.complete$/);
  });

  it("can be read by everybody, whatever the umask of the checkout", async () => {
    for (const [path, mode] of [
      ["src/main.py", 0o700],
      ["src/deep/other.py", 0o600],
      ["src/deep", 0o700],
    ] as const) {
      await chmod(checkout.getPath(path), mode);
    }
    await update();
    const modeOf = async (path: string): Promise<string> =>
      ((await stat(volume.getPath(path))).mode & 0o777).toString(8);
    assert.deepEqual(
      [await modeOf("src/main.py"), await modeOf("src/deep/other.py"), await modeOf("src/deep")],
      ["755", "644", "755"],
    );
  });

  it("is not marked as complete when the transfer breaks off, and is whole after the next one", async () => {
    const broken = (script: string): Promise<string> => run(script.replace("tar -xof -", "(cat >/dev/null; exit 1)"));
    await assert.rejects(copy.update(new Set(), broken));
    assert.deepEqual(await inVolume(), []);
    await update();
    await isAsInCheckout();
    await writeFile(checkout.getPath("src/main.py"), "edited");
    await rm(checkout.getPath("src/deep"), { recursive: true });
    await assert.rejects(copy.update(new Set(["src/main.py"]), broken));
    await update();
    await isAsInCheckout();
  });

  it("loses what is not in the checkout any more when a pod is met that has a copy", async () => {
    await update();
    await rm(checkout.getPath("src/deep"), { recursive: true });
    await rm(checkout.getPath(odd));
    copy = new CodeCopy({ context: checkout.path, folders: ["src", "public"] });
    const { removed } = await update();
    assert.deepEqual(removed.toSorted(), ["src/deep", "src/deep/other.py", odd].toSorted());
    await isAsInCheckout();
  });

  it("loses a file whose name holds a line break, and nothing else", async () => {
    const broken = ["src/old\nfile.py", "src/old\n./src/main.py"];
    await mkdir(dirname(checkout.getPath(broken[1] ?? "")), { recursive: true });
    for (const path of broken) await writeFile(checkout.getPath(path), "");
    await update();
    await isAsInCheckout();
    await rm(checkout.getPath("src/old\n."), { recursive: true });
    await rm(checkout.getPath("src/old\nfile.py"));
    copy = new CodeCopy({ context: checkout.path, folders: ["src", "public"] });
    const { removed } = await update();
    assert.deepEqual(removed.toSorted(), [...broken, "src/old\n.", "src/old\n./src"].toSorted());
    await isAsInCheckout();
  });

  it("takes edits, new files and deletions of files and folders", async () => {
    await update();
    await writeFile(checkout.getPath("src/main.py"), "edited");
    await mkdir(checkout.getPath("src/new"));
    await writeFile(checkout.getPath("src/new/file.py"), "new");
    await rm(checkout.getPath("src/deep"), { recursive: true });
    await rm(checkout.getPath(odd));
    const { files, removed } = await update("src/main.py");
    assert.deepEqual(files.toSorted(), ["src/main.py", "src/new/file.py"]);
    assert.deepEqual(removed.toSorted(), ["src/deep", "src/deep/other.py", odd].toSorted());
    await isAsInCheckout();
  });

  it("takes an edit in one script, and nothing in none", async () => {
    await update();
    scripts = [];
    await update();
    assert.deepEqual(scripts, []);
    await writeFile(checkout.getPath("src/main.py"), "edited");
    await update("src/main.py");
    assert.equal(scripts.length, 1, "each round trip costs the developer's time");
  });

  it("takes an edit that leaves size and times as they were, when it is told of", async () => {
    const file = checkout.getPath("src/main.py");
    const time = new Date("2026-01-01");
    await utimes(file, time, time);
    await update();
    await writeFile(file, "two");
    await utimes(file, time, time);
    await update("src/main.py");
    await isAsInCheckout();
  });

  const changes: [what: string, change: (path: (name: string) => string) => Promise<void>][] = [
    [
      "a folder that becomes a file of the same name",
      async (path) => {
        await rm(path("src/deep"), { recursive: true });
        await writeFile(path("src/deep"), "a file");
      },
    ],
    [
      "a file that becomes a folder of the same name",
      async (path) => {
        await rm(path("src/main.py"));
        await mkdir(path("src/main.py/deeper"), { recursive: true });
        await writeFile(path("src/main.py/deeper/file.py"), "deeper");
      },
    ],
    [
      "a file that becomes a link",
      async (path) => {
        await rm(path("src/main.py"));
        await symlink("deep/other.py", path("src/main.py"));
      },
    ],
    [
      "a link that becomes a file: what it led to stays",
      async (path) => {
        await rm(path("src/link.py"));
        await writeFile(path("src/link.py"), "no link any more");
      },
    ],
    [
      "a folder that becomes a link to another one",
      async (path) => {
        await rename(path("src/deep"), path("src/deeper"));
        await symlink("deeper", path("src/deep"));
      },
    ],
    ["a file whose name changes in case alone", async (path) => await rename(path("src/main.py"), path("src/Main.py"))],
  ];
  for (const [what, change] of changes) {
    it(`takes ${what}, and the way back`, async () => {
      await using kept = await createFixture({});
      await execa("cp", ["-a", checkout.getPath("src"), kept.path]);
      const path = (name: string): string => checkout.getPath(name);
      await update();
      for (const isNewPod of [false, true]) {
        await change(path);
        if (isNewPod) copy = new CodeCopy({ context: checkout.path, folders: ["src", "public"] });
        await update();
        await isAsInCheckout();
        await rm(path("src"), { recursive: true });
        await execa("cp", ["-a", kept.getPath("src"), checkout.path]);
        if (isNewPod) copy = new CodeCopy({ context: checkout.path, folders: ["src", "public"] });
        await update();
        await isAsInCheckout();
      }
    });
  }

  it("keeps the folders at the top, which are mounted into the containers, when the checkout has none", async () => {
    await update();
    const { ino } = await stat(volume.getPath("public"));
    await rm(checkout.getPath("public"), { recursive: true });
    await update();
    assert.deepEqual(await readdir(volume.getPath("public")), []);
    assert.equal((await stat(volume.getPath("public"))).ino, ino);
  });

  it("takes hundreds of files with long names at once, and their removal", async () => {
    await update();
    const long = "x".repeat(200);
    await mkdir(checkout.getPath("src/many"));
    for (let index = 0; index < 800; index += 1) await writeFile(checkout.getPath(`src/many/${long}${index}.py`), "1");
    await update();
    await isAsInCheckout();
    await rm(checkout.getPath("src/many"), { recursive: true });
    await update();
    await isAsInCheckout();
  });

  it("is left as it is while the code is larger than the pod has room for, and says what is large", async () => {
    await update();
    scripts = [];
    await writeFile(checkout.getPath("src/data.bin"), "");
    await truncate(checkout.getPath("src/data.bin"), room);
    await assert.rejects(
      update(),
      /The code takes 60\.\d MiB, and its pod has room for 60\.0 MiB\. src\/data\.bin takes most/,
    );
    assert.deepEqual(scripts, []);
    await rm(checkout.getPath("src/data.bin"));
    await writeFile(checkout.getPath("src/main.py"), "edited");
    await update();
    await isAsInCheckout();
  });
});
