import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { parse } from "yaml";
import { environment } from "../../../../machine/tool-environment.ts";
import { checkout } from "../../../../machine/paths.ts";
import { ownEnvironment } from "../../../helpers/pretended/own-environment.ts";

interface Step {
  name?: string;
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  jobs: { preview: { steps: Step[] } };
}

const workflow = parse(readFileSync(join(checkout, ".github/workflows/preview.yaml"), "utf8")) as Workflow;
const { steps } = workflow.jobs.preview;

/** What the workflow may do is looked at in tests/cli/review/workflow.spec.ts. */
describe("the workflow for pull requests", function () {
  this.timeout("10m");
  let folder: FsFixture;
  let base: string;

  before(async () => {
    folder = await createFixture({
      "runner/.keep": "",
      "bin/gh": '#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/posted"\n',
    });
    await chmod(folder.getPath("bin/gh"), 0o755);
    await git(checkout, "clone", "--quiet", checkout, folder.getPath("clone"));
    await copyUncommitted(folder.getPath("clone"));
    base = await commit("What there is");
  });

  after(() => folder.rm());

  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    return (await execa("git", [...identity, ...args], { cwd })).stdout;
  };
  const commit = async (message: string): Promise<string> => {
    await git(folder.getPath("clone"), "add", "--all");
    await git(folder.getPath("clone"), "commit", "--quiet", "--allow-empty", "--message", message);
    return await git(folder.getPath("clone"), "rev-parse", "HEAD");
  };
  const edit = async (path: string, from: string, to: string): Promise<void> => {
    const whole = join(folder.getPath("clone"), path);
    const content = await readFile(whole, "utf8");
    assert.ok(content.includes(from), `${path} does not contain ${from}: repair this test`);
    await writeFile(whole, content.replace(from, to));
  };

  /** Runs the steps that are scripts as a runner does, each in a shell of its own. */
  const runSteps = async (...names: string[]) => {
    const values: Record<string, string> = {
      "github.event.pull_request.base.sha": base,
      "github.event.pull_request.html_url": "https://github.example/pull/7",
      "github.token": "token",
      "runner.temp": folder.getPath("runner"),
    };
    const evaluate = (value: string): string =>
      value.replaceAll(/\$\{\{ *([\w.]+) *\}\}/g, (_, name: string) => {
        const known = values[name];
        assert.ok(known !== undefined, `the workflow uses ${name}, which this test does not know`);
        return known;
      });
    const codes: (number | undefined)[] = [];
    let output = "";
    for (const { name = "", run, env = {} } of steps) {
      if (run === undefined || !names.includes(name)) continue;
      const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, evaluate(value)]));
      const { exitCode, all } = await execa("bash", ["-eo", "pipefail", "-c", run], {
        cwd: folder.getPath("clone"),
        env: {
          ...ownEnvironment(),
          ...own,
          PATH: `${folder.getPath("bin")}:${environment().PATH ?? ""}`,
          GITHUB_STEP_SUMMARY: folder.getPath("summary.md"),
        },
        extendEnv: false,
        all: true,
        reject: false,
      });
      codes.push(exitCode);
      output += `${name}:\n${all}\n`;
    }
    return { codes, output };
  };
  const summary = async (): Promise<string> => await readFile(folder.getPath("summary.md"), "utf8");

  it("installs, previews both sides, shows the report and posts it", async () => {
    await edit("apps/backend/src/app/main.py", "\n", "\n# A change.\n");
    await edit(
      "charts/todo/templates/frontend/service.yaml",
      "  annotations:\n",
      '  annotations:\n    example.com/a: "b"\n',
    );
    await commit("A change");
    const { codes, output } = await runSteps("Install packages", "Preview", "Show the report", "Post the report");
    assert.deepEqual(codes, [0, 0, 0, 0], output);
    const report = await summary();
    assert.match(report, /\*\*todo-backend\*\*\n\n````diff\n! src\/app\/main\.py\n````/);
    assert.doesNotMatch(report, /\*\*todo-frontend\*\*/, "the frontend's image is the same");
    assert.match(report, /<summary>Service\/todo-frontend<\/summary>\n\n````diff[^`]+\+ {4}example\.com\/a: b/);
    assert.match(report, /### Policies\n\nAll are kept\./);
    const posted = await readFile(folder.getPath("bin/posted"), "utf8");
    const expected = [
      "pr",
      "comment",
      "https://github.example/pull/7",
      "--body-file",
      folder.getPath("runner/preview.md"),
    ];
    assert.deepEqual(posted.split("\n").slice(0, 5), expected);
  });

  it("fails on a violation of a policy, and still shows the report", async () => {
    await edit("components/app-image.ts", "skipPush: true", "skipPush: false");
    await commit("A violation");
    await rm(folder.getPath("summary.md"));
    const { codes, output } = await runSteps("Preview", "Show the report");
    assert.deepEqual(codes, [1, 0], output);
    assert.match(await summary(), /### Policies: violated\n\n````text\nno-pushed-image, todo-backend-image: /);
  });

  it("leaves no checkout behind", async () => {
    const worktrees = await git(folder.getPath("clone"), "worktree", "list", "--porcelain");
    assert.equal(worktrees.match(/^worktree /gm)?.length, 1, worktrees);
  });
});

/** Brings a clone to the state of this checkout's files, committed or not. */
async function copyUncommitted(clone: string): Promise<void> {
  const list = async (...args: string[]): Promise<string[]> =>
    (await execa("git", ["ls-files", "-z", ...args], { cwd: checkout })).stdout.split("\0").filter(Boolean);
  const deleted = await list("--deleted");
  for (const path of deleted) await rm(join(clone, path));
  for (const path of await list("--modified", "--others", "--exclude-standard")) {
    if (deleted.includes(path)) continue;
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), await readFile(join(checkout, path)));
  }
}
