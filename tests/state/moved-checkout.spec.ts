import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { followMove } from "../../state/moved-checkout.ts";
import { backendUrl } from "../../machine/paths.ts";
import { selectedStack, workspaceFile } from "../../state/stack-files.ts";

const select = async (folder: string, stack: string): Promise<void> => {
  const stacks = { [backendUrl(join(folder, ".state"))]: `organization/todo-stack/${stack}` };
  await mkdir(dirname(workspaceFile(folder)), { recursive: true });
  await writeFile(workspaceFile(folder), JSON.stringify({ stacks }));
};

describe("a checkout that was moved", () => {
  it("works on the stack that was selected before, wherever it is now", async () => {
    await using place = await createFixture();
    const [before, now] = [place.getPath("before"), place.getPath("c# & 100%?")];
    await select(before, "demo");
    await rename(before, now);
    assert.equal(selectedStack(now), undefined, "Pulumi does not know it any more");
    followMove(now);
    assert.equal(selectedStack(now), "demo");
    assert.ok(!existsSync(join(dirname(workspaceFile(now)), "..", workspaceFile(before))), "the old one must be gone");
  });

  it("keeps the stack that was selected since", async () => {
    await using place = await createFixture();
    await select(place.path, "demo");
    followMove(place.path);
    assert.equal(selectedStack(place.path), "demo");
  });

  it("selects none where none was selected", async () => {
    await using place = await createFixture({ ".state/pulumi-home/workspaces/other-1-workspace.json": "{}" });
    followMove(place.path);
    assert.equal(selectedStack(place.path), undefined);
  });
});
