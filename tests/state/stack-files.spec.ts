import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { targetIn } from "../../state/stack-files.ts";

describe("the target of a stack", () => {
  it("has the defaults of Pulumi.yaml, whatever they are, and what the stack says instead", async () => {
    const defaults = { target: "kubernetes", namespace: "elsewhere", platform: "linux/arm64", operations: "watch" };
    const config = Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, { default: value }]));
    await using folder = await createFixture({
      "Pulumi.yaml": JSON.stringify({ config }),
      "Pulumi.dev.yaml": JSON.stringify({ config: { "todo-stack:namespace": "own" } }),
    });
    const { target, namespace, platform, operations } = targetIn(folder.path, "dev");
    assert.deepEqual({ target, namespace, platform, operations }, { ...defaults, namespace: "own" });
  });

  it("has nothing of a secret but that there is one", async () => {
    await using folder = await createFixture({
      "Pulumi.dev.yaml":
        "config:\n  todo-stack:databaseUrl:\n    secure: v1:abc\n  todo-stack:context:\n    secure: v1:abc\n",
    });
    const { context, isDatabaseOutside } = targetIn(folder.path, "dev");
    assert.deepEqual({ context, isDatabaseOutside }, { context: "", isDatabaseOutside: true });
  });
});
