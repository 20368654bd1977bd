import assert from "node:assert/strict";
import { join } from "node:path";
import { checkout } from "../../machine/paths.ts";
import { SmallProject } from "./small-project.ts";

const canary = "canary-c0ffee";

/** With the real Pulumi and the real Helm. Each step builds on the last. */
describe("a preview for those who review a change", function () {
  this.timeout("5m");
  let project: SmallProject;

  before(async () => {
    project = await SmallProject.create({ text: "one", port: "30080", hidden: canary });
    await project.succeed("up", "--yes", "--skip-preview");
  });

  after(() => project.remove());

  it("has nothing to show when nothing has changed, with Helm or without", async () => {
    await project.succeed("preview", "--expect-no-changes");
    const { exitCode, all } = await project.pulumi(["preview", "--expect-no-changes"], {
      PATH: await project.pathWithoutHelm(),
    });
    assert.equal(exitCode, 0, `a missing Helm must not look like a change:\n${all}`);
  });

  it("names the changed files of an image and the changed manifests, and shows their fields", async () => {
    await project.write("app/src/main.py", "2");
    await project.write("app/src/new.py", "1");
    await project.delete("app/src/old.py");
    await project.succeed("config", "set", "text", "two");

    const short = await project.succeed("preview");
    assert.match(short, /Files of the image:\s+~ src\/main\.py\s+\+ src\/new\.py\s+- src\/old\.py/);
    assert.match(short, /Manifests:\s+~ ConfigMap\/settings data\.text: "one" => "two"$/m);

    const full = await project.succeed("preview", "--diff");
    assert.match(full, /~ src\/main\.py: "[0-9a-f]{16}" => "[0-9a-f]{16}"/);
    assert.match(full, /\+ src\/new\.py *: "[0-9a-f]{16}"/);
    assert.match(full, /- src\/old\.py *: "[0-9a-f]{16}"/);
    assert.match(full, /~ ConfigMap\/settings: \(json\) \{[^}]+~ data *: \{[^}]+~ text *: "one" => "two"/);
    for (const output of [short, full]) assert.ok(!output.includes(canary), "the preview shows a secret");
  });

  it("shows, where there is no Helm, files and values instead, and no manifest as deleted", async () => {
    const { exitCode, all } = await project.pulumi(["preview", "--diff"], { PATH: await project.pathWithoutHelm() });
    assert.equal(exitCode, 0, all);
    assert.match(all, /no command helm on PATH, so manifests are neither compared nor checked/);
    assert.match(all, /~ text *: "one" => "two"/);
    assert.doesNotMatch(all, /- (objects|ConfigMap)/);
    assert.ok(!all.includes(canary), "the preview shows a secret");
  });

  it("fails on a violation of a policy, and says what and why", async () => {
    const env = { PULUMI_OPTION_POLICY_PACK: join(checkout, "policies", "pulumi-analyzer-todo-stack") };
    const good = await project.pulumi(["preview"], env);
    assert.equal(good.exitCode, 0, good.all);
    const bad = await project.pulumi(["preview", "--config", "port=80"], env);
    assert.notEqual(bad.exitCode, 0, `port 80 is no node port, but the preview passed:\n${bad.all}`);
    assert.match(bad.all, /\[mandatory\] +node-port-range/);
    assert.match(bad.all, /objects\.Service\/web\.spec\.ports\.0\.nodePort is 80\..+Choose one between/);
    await project.succeed("config", "set", "port", "30080");
  });

  it("is empty again once the change is up", async () => {
    await project.succeed("up", "--yes", "--skip-preview");
    await project.succeed("preview", "--expect-no-changes");
  });
});
