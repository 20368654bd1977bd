import assert from "node:assert/strict";
import { chmod, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { chartFiles, contextFiles, hashOf, outlineOf } from "../../../components/build-context/content-hash.ts";

const contextHash = (folder: string): string => hashOf(contextFiles(folder));
const chartHash = (folder: string): string => hashOf(chartFiles(folder));

type Change = (folder: FsFixture) => Promise<unknown>;

/** Whether a hash is another one after a change to a folder of these files. */
async function notices(
  hash: (folder: string) => string,
  files: Record<string, string>,
  change: Change,
): Promise<boolean> {
  const folder = await createFixture(files);
  try {
    const before = hash(folder.path);
    assert.equal(hash(folder.path), before, "the hash of the same files must be the same");
    await change(folder);
    return hash(folder.path) !== before;
  } finally {
    await folder.rm();
  }
}

const context = {
  Dockerfile: "FROM scratch",
  ".dockerignore": "# nothing but this\n*\n!src\n!lock\n**/*.pyc\n",
  lock: "1",
  "src/main.py": "1",
  "src/deep/other.py": "2",
  "src/main.pyc": "x",
  "node_modules/left/index.js": "x",
  "notes.md": "x",
};

describe("contextFiles", () => {
  const changes: [string, Change, boolean][] = [
    ["an edited file", (folder) => folder.writeFile("src/deep/other.py", "3"), true],
    ["a new file", (folder) => folder.writeFile("src/new.py", ""), true],
    ["a removed file", (folder) => folder.rm("src/deep/other.py"), true],
    ["a renamed file", (folder) => rename(folder.getPath("src/main.py"), folder.getPath("src/start.py")), true],
    ["a file that becomes executable", (folder) => chmod(folder.getPath("src/main.py"), 0o755), true],
    [
      "an edited Dockerfile, though .dockerignore leaves it out",
      (folder) => folder.writeFile("Dockerfile", "FROM a"),
      true,
    ],
    ["an edited ignored file", (folder) => folder.writeFile("notes.md", "y"), false],
    ["an edited file in an ignored folder", (folder) => folder.writeFile("node_modules/left/index.js", "y"), false],
    ["an edited file that is ignored by a pattern", (folder) => folder.writeFile("src/main.pyc", "y"), false],
    ["other permissions of group and others", (folder) => chmod(folder.getPath("src/main.py"), 0o600), false],
    ["a newer date", async (folder) => writeFile(folder.getPath("src/main.py"), "1"), false],
    ["an empty folder", (folder) => folder.mkdir("src/empty"), false],
  ];
  for (const [what, change, noticed] of changes) {
    it(`${noticed ? "notices" : "does not mind"} ${what}`, async () => {
      assert.equal(await notices(contextHash, context, change), noticed);
    });
  }

  it("notices where a symbolic link leads, and not what is there", async () => {
    const folder = await createFixture({ ...context, outside: "1" });
    await symlink("../outside", folder.getPath("src/link"));
    const before = contextHash(folder.path);
    await folder.writeFile("outside", "2");
    assert.equal(contextHash(folder.path), before, "Docker copies the link, not what it leads to");
    await rm(folder.getPath("src/link"));
    await symlink("../elsewhere", folder.getPath("src/link"));
    assert.notEqual(contextHash(folder.path), before);
    await folder.rm();
  });

  it("keeps to the case of .dockerignore, as Docker does", async () => {
    const files = { Dockerfile: "", ".dockerignore": "**/TODO*", "src/todos/service.py": "1", "src/TODO.md": "1" };
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("src/todos/service.py", "2")), true);
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("src/TODO.md", "2")), false);
  });

  it("keeps to the ignore file beside the Dockerfile, if there is one", async () => {
    const files = { Dockerfile: "", ".dockerignore": "a", "Dockerfile.dockerignore": "b", a: "1", b: "1" };
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("a", "2")), true);
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("b", "2")), false);
  });

  it("finds an exception below an ignored folder", async () => {
    const files = {
      Dockerfile: "",
      ".dockerignore": "deep\n!deep/down/kept",
      "deep/down/kept": "1",
      "deep/other": "1",
    };
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("deep/down/kept", "2")), true);
    assert.equal(await notices(contextHash, files, (folder) => folder.writeFile("deep/other", "2")), false);
  });

  it("tells apart where one file ends and the next begins", async () => {
    const [one, other] = [
      await createFixture({ Dockerfile: "", a: "1b\0file\x002" }),
      await createFixture({ Dockerfile: "", a: "1", b: "2" }),
    ];
    assert.notEqual(contextHash(one.path), contextHash(other.path));
    await one.rm();
    await other.rm();
  });

  it("is the same wherever the folder is", async () => {
    const [one, other] = [await createFixture(context), await createFixture(context)];
    assert.equal(contextHash(one.path), contextHash(other.path));
    await one.rm();
    await other.rm();
  });
});

describe("chartFiles", () => {
  const chart = {
    "Chart.yaml": "version: 1",
    "values.yaml": "a: 1",
    "values-dev.yaml": "a: 2",
    "values.schema.json": "{}",
    "README.md": "x",
    "templates/_helpers.tpl": "x",
    "templates/backend/deployment.yaml": "x",
    "files/monitoring/rules.yaml": "x",
    "tests/a_test.yaml": "x",
  };
  const noticed = [
    "Chart.yaml",
    "values.yaml",
    "values.schema.json",
    "templates/_helpers.tpl",
    "templates/backend/deployment.yaml",
    "files/monitoring/rules.yaml",
  ];
  for (const file of Object.keys(chart)) {
    const counts = noticed.includes(file);
    it(`${counts ? "notices" : "does not mind"} an edit of ${file}`, async () => {
      assert.equal(await notices(chartHash, chart, (folder) => folder.writeFile(file, "edited")), counts);
    });
  }
});

describe("outlineOf", () => {
  const files = { a: "1", "b/c": "2", "b/d/e": "3", "b/d/f": "4", "g/h/i": "5" };

  it("names every file as long as they are few", () => {
    assert.deepEqual(outlineOf(files, 5), files);
  });

  it("names folders when they are many, the deepest first", () => {
    assert.deepEqual(Object.keys(outlineOf(files, 4)), ["a", "b/c", "b/d/", "g/h/"]);
    assert.deepEqual(Object.keys(outlineOf(files, 3)), ["a", "b/", "g/"]);
    assert.deepEqual(Object.keys(outlineOf(files, 1)), ["a", "b/", "g/"]);
  });

  it("shows in which line a file has changed, come or gone", () => {
    const before = outlineOf(files, 3);
    const fewer = Object.fromEntries(Object.entries(files).filter(([path]) => path !== "b/d/e"));
    const another = [{ ...files, "b/d/e": "6" }, { ...files, "b/d/j": "6" }, fewer, { ...fewer, "b/d/k": "3" }];
    for (const changed of another) {
      const after = outlineOf(changed, 3);
      const lines = Object.keys(before).filter((line) => before[line] !== after[line]);
      assert.deepEqual(lines, ["b/"]);
    }
  });

  it("keeps tens of thousands of files out of the state", () => {
    const many = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, number) => [`src/part-${Math.floor(number / 1_000)}/${number}`, "1"]),
    );
    assert.equal(Object.keys(outlineOf(many)).length, 50);
  });
});
