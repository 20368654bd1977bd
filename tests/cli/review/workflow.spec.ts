import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { allChecks } from "../../../cli/test/checks.ts";
import { checkout } from "../../../machine/paths.ts";
import { choose } from "../../../cli/test/test.ts";

interface Job {
  permissions?: object;
  if?: string;
  needs?: string;
  environment?: string;
  concurrency?: object;
  steps?: { uses?: string; run?: string; if?: string }[];
}

interface Workflow {
  on: unknown;
  permissions: object;
  jobs: Record<string, Job>;
}

const folder = join(checkout, ".github/workflows");

/** The steps of the preview run in tests/full/cli/review/workflow.spec.ts. */
describe("the workflows of GitHub", () => {
  const example = "examples/deploy/deploy.yaml";
  const files = [...readdirSync(folder).map((name) => [name, join(folder, name)]), [example, join(checkout, example)]];
  for (const [name = "", file = ""] of files) {
    const text = readFileSync(file, "utf8");
    const workflow = parse(text) as Workflow;
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

    it(`${name} trusts no change with more than it needs`, () => {
      assert.doesNotMatch(text, /pull_request_target/, "it would give a fork's change a token that can write");
      assert.deepEqual(workflow.permissions, {}, "a job must ask for what it needs");
      assert.doesNotMatch(text, /secrets[.:]/, "a fork has no secrets");
      for (const { uses, run } of steps) {
        if (uses !== undefined) assert.match(uses, /^[\w/-]+@[0-9a-f]{40}$/, "an action is pinned by its commit");
        if (run !== undefined) assert.doesNotMatch(run, /\$\{\{/, "a script must not hold text of a pull request");
      }
      const pins = steps.filter(({ uses }) => uses !== undefined).length;
      assert.equal(text.match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)?.length, pins, "the version stands beside each pin");
    });
  }

  it("the example that deploys lets nobody in but for its own branches, and deploys once at a time after an approval", () => {
    const { on, jobs } = parse(readFileSync(join(checkout, example), "utf8")) as Workflow;
    assert.deepEqual(on, { pull_request: null, push: { branches: ["main"] } });
    const { plan = {}, deploy = {} } = jobs;
    assert.match(
      plan.if ?? "",
      /^\$\{\{ github.event_name == 'push' \|\| .+head\.repo\.full_name == github\.repository \}\}$/,
    );
    assert.equal(deploy.if, "${{ github.event_name == 'push' }}");
    assert.deepEqual([plan.environment, deploy.environment], ["plan", "production"]);
    assert.equal(deploy.needs, "plan");
    assert.deepEqual(deploy.concurrency, { group: "deploy-prod", "cancel-in-progress": false });
    const runs = (job: Job): string => (job.steps ?? []).map(({ run = "" }) => run).join("\n");
    assert.doesNotMatch(runs(plan), /pulumi (up|destroy)|state\.sh keep/);
    assert.match(runs(deploy), /state\.sh fetch[^]+pulumi up[^]+state\.sh keep$/);
    assert.equal(deploy.steps?.at(-1)?.if, "${{ always() && steps.state.outcome == 'success' }}");
  });

  const jobsOf = (name: string) => (parse(readFileSync(join(folder, name), "utf8")) as Workflow).jobs;

  it("the preview may write a comment, and nothing else", () => {
    assert.deepEqual(jobsOf("preview.yaml")["preview"]?.permissions, { contents: "read", "pull-requests": "write" });
  });

  it("the tests may read the sources, and nothing else", () => {
    for (const { permissions } of Object.values(jobsOf("test.yaml"))) {
      assert.deepEqual(permissions, { contents: "read" });
    }
  });

  it("npm test runs for every pull request, npm run test:full every night and before a release", () => {
    const { on } = parse(readFileSync(join(folder, "test.yaml"), "utf8")) as { on: Record<string, unknown> };
    assert.deepEqual(Object.keys(on).toSorted(), ["pull_request", "push", "schedule", "workflow_call"]);
    const commands = Object.values(jobsOf("test.yaml")).map(({ steps = [] }) => steps.map(({ run }) => run).join("\n"));
    assert.ok(commands.some((each) => /npm test$/m.test(each)));
    assert.ok(commands.some((each) => /npm run test:full$/m.test(each)));
  });

  it("macOS runs every check of npm test that needs no cluster", async () => {
    const run = (jobsOf("test.yaml")["macos"]?.steps ?? []).map((step) => step.run ?? "").join("\n");
    const names = /npm test -- (.+)$/m.exec(run)?.[1]?.split(" ") ?? [];
    const all = await allChecks();
    const wanted = choose(all, { names: [], full: false }).filter(({ inCluster }) => !inCluster);
    assert.deepEqual(
      choose(all, { names, full: false }).map(({ title }) => title),
      wanted.map(({ title }) => title),
    );
  });
});
