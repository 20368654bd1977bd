import assert from "node:assert/strict";
import { cp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { chartFiles, contextFiles, hashOf } from "../../components/build-context/content-hash.ts";
import { ignoreRules } from "../../components/build-context/dockerignore.ts";
import { checkout } from "../../machine/paths.ts";

/** What programs leave beside a file `main.py` while it is edited, or in each folder that they open. */
const left = [
  ...[".main.py.swp", ".main.py.swo", "main.py~", ".main.py.un~", "4913", ".main.py.kate-swp"], // Vim, Kate
  ...[".#main.py", "#main.py#"], // Emacs
  ...["main.py___jb_tmp___", "main.py___jb_old___", ".idea/workspace.xml", ".vscode/settings.json"], // JetBrains, VS Code
  ...[".goutputstream-X1Y2Z3", "main.py.bak", "main.py.orig", "main.py.rej", "main.py.tmp"], // gedit, patch, Git
  ...[".DS_Store", "._main.py", ".AppleDouble/main.py"], // macOS
  ...["Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini", "main.py:Zone.Identifier"], // Windows
  ...[".directory", ".Trash-1000/files/main.py", ".fuse_hidden0001", ".nfs0001", ".~lock.main.py#"], // Linux
  ...[".history/main.py", ".vs/x", ".ropeproject/config.py", ".envrc", ".coverage", ".mypy_cache/x"], // other tools
  ...[".main.py.kak.AbCd", ".tmpAb12Cd", "main.py.swx", "main.py.save", "main.py.save.1", "main.pyX.bck"],
  ...["main_BACKUP_4711.py", "main_BASE_4711.py", "main_LOCAL_4711.py", "main_REMOTE_4711.py"], // git mergetool
  ...["main.sync-conflict-20261130-101010-ABCDEFG.py", "Icon\r"], // Syncthing, macOS
];

const kept = [
  "main.py",
  "_main.py",
  "a.swift",
  "lock.py",
  "template.ts",
  "tmp/main.py",
  "idea.py",
  "save.py",
  "Icons/main.py",
  "icon.svg",
  "main_LOCAL.py",
  "[id]/page.tsx",
  "(app)/page.tsx",
];

const lists = [
  "apps/backend/.dockerignore",
  "apps/frontend/.dockerignore",
  "apps/aiops/.dockerignore",
  "charts/todo/.helmignore",
];

describe("files that editors and operating systems leave", () => {
  it("are in one list, which all ignore files have", async () => {
    const read = async (file: string): Promise<string[]> => {
      const [, after = ""] = (await readFile(join(checkout, file), "utf8")).split(/^# Left by editors .*\n/m);
      const [list = ""] = after.split(/^# .*\n/m);
      return list
        .trim()
        .split("\n")
        .map((line) => line.replace(/^(?:\*\/)?\*\*\//, ""));
    };
    const [first = [], ...others] = await Promise.all(lists.map(read));
    assert.ok(first.length > 20, `too few names found: ${first.join()}`);
    for (const other of others) assert.deepEqual(other, first);
  });

  for (const [app, folder] of [
    ["backend", "src/app"],
    ["frontend", "src/app"],
    ["frontend", "public"],
  ] as const) {
    it(`are no part of the ${app}'s image, wherever in ${folder} they are`, () => {
      const rules = ignoreRules(join(checkout, "apps", app));
      const places = [folder, `${folder}/todos`];
      for (const place of places) {
        assert.deepEqual(
          left.filter((name) => !rules.ignores(`${place}/${name}`)),
          [],
        );
        assert.deepEqual(
          kept.filter((name) => rules.ignores(`${place}/${name}`)),
          [],
        );
      }
    });
  }

  it("are no hidden files that the frontend serves", () => {
    const rules = ignoreRules(join(checkout, "apps/frontend"));
    assert.ok(!rules.ignores("public/.well-known/security.txt"));
    for (const app of ["frontend", "aiops"]) assert.ok(!ignoreRules(join(checkout, "apps", app)).ignores(".npmrc"));
  });

  it("leave the names of images as they are, also where they are links to nothing", async () => {
    await using folder = await createFixture({ Dockerfile: "", "src/app/main.py": "1" });
    await cp(join(checkout, "apps/backend/.dockerignore"), folder.getPath(".dockerignore"));
    const before = hashOf(contextFiles(folder.path));
    for (const name of left.filter((each) => !each.includes("/"))) await writeFile(folder.getPath("src/app", name), "");
    await rm(folder.getPath("src/app/.#main.py"));
    await symlink("somebody@machine.1234:1700000000", folder.getPath("src/app/.#main.py"));
    assert.equal(hashOf(contextFiles(folder.path)), before);
  });

  it("leave the chart as it is, in every folder of it", async () => {
    await using folder = await createFixture({
      "Chart.yaml": "",
      "templates/deployment.yaml": "1",
      "files/rules.yaml": "2",
    });
    await cp(join(checkout, "charts/todo/.helmignore"), folder.getPath(".helmignore"));
    const before = hashOf(chartFiles(folder.path));
    for (const name of left.filter((each) => !each.includes("/"))) {
      for (const place of ["templates", "files"]) await writeFile(folder.getPath(place, name), "");
    }
    await writeFile(folder.getPath("templates/.anything"), "");
    assert.equal(hashOf(chartFiles(folder.path)), before, "Helm leaves them out");
    await writeFile(folder.getPath("templates/service.yaml"), "");
    assert.notEqual(hashOf(chartFiles(folder.path)), before);
  });
});
