import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { checkout } from "../../machine/paths.ts";
import { mustBeInCheckout } from "../../pulumi/other-checkout.ts";

describe("npx pulumi in another checkout than its own", () => {
  let folder: FsFixture;

  beforeEach(async () => {
    const files = (name: string) => ({ [`${name}/Pulumi.yaml`]: "", [`${name}/cli/bin/pulumi.mjs`]: "" });
    folder = await createFixture({
      ...files("own"),
      ...files("other"),
      ...files("own/.worktrees/branch"),
      "own/examples/any-app/Pulumi.yaml": "",
      "elsewhere/Pulumi.yaml": "",
    });
  });
  afterEach(() => folder.rm());

  const typedIn = (name: string) => () => mustBeInCheckout(folder.getPath(name), folder.getPath("own"));

  it("is refused, also where that lies in its own", () => {
    for (const name of ["other", "other/cli", "own/.worktrees/branch"]) {
      assert.throws(typedIn(name), /Nothing was done\. .*npm ci/, name);
    }
  });

  it("is no matter in its own, by whatever path, nor in other projects", async () => {
    await symlink(folder.getPath("own"), folder.getPath("link"));
    for (const name of ["own", "own/cli/bin", "own/examples/any-app", "link/cli", "elsewhere", "."]) typedIn(name)();
  });

  it("is what npm starts where node_modules is a link", async () => {
    await mkdir(folder.getPath("other/node_modules/.bin"), { recursive: true });
    const command = folder.getPath("other/node_modules/.bin/pulumi");
    await symlink(join(checkout, "cli/bin/pulumi.mjs"), command);
    const { exitCode, stderr } = await execa(process.execPath, [command, "stack", "ls"], {
      cwd: folder.getPath("other"),
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /would work on its stacks, not on those of .*other\./);
  });
});
