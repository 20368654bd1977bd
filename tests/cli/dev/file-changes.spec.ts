import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import type { FSWatcher } from "chokidar";
import type { applications } from "../../../components/lib/development.ts";
import { Sources } from "../../../cli/dev/file-changes.ts";
import { checkout } from "../../../machine/paths.ts";

describe("npm run dev: what a changed file means", () => {
  const sources = new Sources("demo");
  const code = (application: keyof typeof applications, path: string) => ({ kind: "code", application, path });
  const meanings: [path: string, meaning: object][] = [
    ["apps/backend/src/app/main.py", code("backend", "src/app/main.py")],
    ["apps/backend/src/app/__pycache__/main.cpython-313.pyc", { kind: "nothing" }],
    ["apps/backend/uv.lock", { kind: "up" }],
    ["apps/backend/pyproject.toml", { kind: "up" }],
    ["apps/backend/Dockerfile", { kind: "up" }],
    ["apps/backend/.dockerignore", { kind: "up" }],
    ["apps/frontend/Dockerfile.dockerignore", { kind: "up" }],
    ["apps/backend/src/.dockerignore", { kind: "nothing" }],
    ["apps/backend/tests/auth/test_auth.py", { kind: "nothing" }],
    ["apps/backend/.venv/lib/x.py", { kind: "nothing" }],
    ["apps/frontend/src/components/page/header.tsx", code("frontend", "src/components/page/header.tsx")],
    ["apps/frontend/public/robots.txt", code("frontend", "public/robots.txt")],
    ["apps/frontend/runtime/start.mjs", code("frontend", "runtime/start.mjs")],
    ["apps/frontend/package-lock.json", { kind: "up" }],
    ["apps/frontend/next.config.ts", { kind: "up" }],
    ["apps/frontend/node_modules/next/package.json", { kind: "nothing" }],
    ["apps/frontend/srcs.ts", { kind: "nothing" }],
    ["charts/todo/templates/backend/deployment.yaml", { kind: "up" }],
    ["charts/todo/values-dev.yaml", { kind: "up" }],
    ["components/app-image.ts", { kind: "up" }],
    ["provider/main.ts", { kind: "up" }],
    ["index.ts", { kind: "up" }],
    ["Pulumi.demo.yaml", { kind: "up" }],
    ["Pulumi.other.yaml", { kind: "nothing" }],
    ["README.md", { kind: "nothing" }],
    ["tests/cli/dev/file-changes.spec.ts", { kind: "nothing" }],
    [".state/todo.kubeconfig", { kind: "nothing" }],
  ];
  for (const [path, meaning] of meanings) {
    it(path, () => assert.deepEqual(new Sources("demo", checkout).meaningOf(path), meaning));
  }

  it("has a fingerprint of what `up` works on that stays while nothing changes", () => {
    assert.equal(sources.fingerprint(), new Sources("demo").fingerprint());
  });
});

describe("npm run dev: the watcher", () => {
  let folder: FsFixture;
  let sources: Sources;
  let watcher: FSWatcher;
  let seen: string[];

  /** Waits until all of this was told of, in any order and perhaps more than once; what else was told of fails. */
  const tells = async (...expected: string[]): Promise<void> => {
    const deadline = Date.now() + 5_000;
    while (!expected.every((each) => seen.includes(each)) && Date.now() < deadline) await sleep(20);
    // What comes too late would else be taken for that of the next change.
    await sleep(200);
    assert.deepEqual([...new Set(seen)].toSorted(), expected.toSorted());
    seen = [];
  };

  beforeEach(async () => {
    folder = await createFixture({
      "apps/backend/.dockerignore": "*\n!src\n!uv.lock\n**/*.pyc\n",
      "apps/backend/Dockerfile": "FROM scratch",
      "apps/backend/uv.lock": "1",
      "apps/backend/assets/deep/logo.svg": "1",
      "apps/backend/src/app/main.py": "1",
      "apps/backend/src/app/old/gone.py": "1",
      "apps/frontend/.dockerignore": "*\n!src\n!package.json\n",
      "apps/frontend/Dockerfile": "FROM scratch",
      "apps/frontend/src/page.tsx": "1",
      "apps/frontend/node_modules/left/index.js": "1",
      "charts/todo/values.yaml": "a: 1",
      "components/one.ts": "1",
      "index.ts": "1",
    });
    seen = [];
    sources = new Sources("demo", folder.path.replace(/\/$/, ""));
    watcher = sources.watch({
      code: (application, paths) => seen.push(...paths.map((path) => `${application} ${path}`)),
      up: () => seen.push("up"),
      failed: (error) => seen.push(String((error as NodeJS.ErrnoException).code)),
    });
    await once(watcher, "ready");
  });

  afterEach(async () => {
    await watcher.close();
    await folder.rm();
  });

  it("tells of code that is edited, made, renamed and deleted, and of a deleted folder", async () => {
    await writeFile(folder.getPath("apps/backend/src/app/main.py"), "2");
    await tells("backend src/app/main.py");
    await mkdir(folder.getPath("apps/backend/src/app/new"));
    await writeFile(folder.getPath("apps/backend/src/app/new/file.py"), "1");
    await tells("backend src/app/new/file.py");
    await rename(folder.getPath("apps/frontend/src/page.tsx"), folder.getPath("apps/frontend/src/other.tsx"));
    await tells("frontend src/page.tsx", "frontend src/other.tsx");
    await rm(folder.getPath("apps/backend/src/app/old"), { recursive: true });
    await tells("backend src/app/old/gone.py", "backend src/app/old");
  });

  it("tells of a file that an editor replaces, and of nothing beside it", async () => {
    await writeFile(folder.getPath("apps/backend/src/app/main.pyc"), "x");
    await writeFile(folder.getPath("apps/frontend/node_modules/left/index.js"), "2");
    await writeFile(folder.getPath("notes.md"), "2");
    const draft = folder.getPath("apps/backend/src/app/main.pyc");
    await rename(draft, folder.getPath("apps/backend/src/app/main.py"));
    await tells("backend src/app/main.py");
  });

  it("goes by the lines of a .dockerignore as they are now", async () => {
    await writeFile(folder.getPath("apps/backend/.dockerignore"), "*\n!src\n!assets\n");
    await tells("up");
    await writeFile(folder.getPath("apps/backend/src/app/main.pyc"), "x");
    await tells("backend src/app/main.pyc");
    await writeFile(folder.getPath("apps/backend/assets/deep/logo.svg"), "2");
    await tells("up");
    await writeFile(folder.getPath("apps/backend/uv.lock"), "2");
    // No pattern: what was read before holds.
    await writeFile(folder.getPath("apps/backend/.dockerignore"), "[");
    await tells("up");
    await writeFile(folder.getPath("apps/backend/assets/deep/logo.svg"), "3");
    await tells("up");
  });

  it("tells once that files can be watched no more, and throws nothing", async () => {
    const error = Object.assign(new Error("System limit for number of file watchers reached"), { code: "ENOSPC" });
    for (let file = 0; file < 3; file += 1) watcher.emit("error", error);
    assert.deepEqual(seen, ["ENOSPC"]);
    seen = [];
    await writeFile(folder.getPath("index.ts"), "2");
    await tells("up");
  });

  it("tells of what `up` works on, and its fingerprint is another one then; for code it stays", async () => {
    let before = sources.fingerprint();
    await writeFile(folder.getPath("apps/backend/src/app/main.py"), "2");
    assert.equal(sources.fingerprint(), before);
    await tells("backend src/app/main.py");
    for (const file of ["apps/backend/uv.lock", "charts/todo/values.yaml", "components/one.ts", "Pulumi.demo.yaml"]) {
      await writeFile(folder.getPath(file), "2");
      await tells("up");
      assert.notEqual(sources.fingerprint(), before, file);
      before = sources.fingerprint();
    }
  });
});
