import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { stack } from "../stack/support/stack.ts";

/** Each wrong setting, and the line that names it. */
const wrong: [key: string, value: string, line: RegExp][] = [
  ["cpus", "999", /todo-stack:cpus is 999, but this machine has \d+ CPUs/],
  ["memory", "99999999", /todo-stack:memory is 99999999, but this machine has \d+ MB/],
  ["port", "0", /todo-stack:port is 0, but it must be a whole number from 1 to 65535/],
  ["namespace", "default", /todo-stack:namespace is default, but Kubernetes keeps that name for itself/],
  ["cpu", "2", /todo-stack:cpu is a setting that does not exist; known are /],
  ["openaiApiKey", "visible", /todo-stack:openaiApiKey stands unencrypted/],
];

/** Bad input gets one clear line each, and leaves everything as it was. One by one: tests/full/e2e/refusals.spec.ts. */
describe("what the stack refuses", function () {
  this.timeout("5m");

  it("wrong settings: all are named at once, and nothing is changed", async () => {
    const { copy, cluster } = stack;
    const file = join(copy.folder, `Pulumi.${copy.stack}.yaml`);
    const before = await readFile(file, "utf8");
    const pods = await cluster.podNames("backend");
    const { config } = parse(before) as { config: Record<string, string> };
    const added = Object.fromEntries(wrong.map(([key, value]) => [`todo-stack:${key}`, value]));
    await writeFile(file, stringify({ config: { ...config, ...added } }));
    try {
      const { exitCode, all } = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]);
      assert.notEqual(exitCode, 0, `up must refuse:\n${all}`);
      for (const [, , line] of wrong) assert.match(all, line);
      assert.doesNotMatch(all, /^\s+at .+:\d+:\d+\)?$/m, "an error for the user has no stack trace");
      assert.doesNotMatch(all, /visible/, "a secret must not be printed");
    } finally {
      await writeFile(file, before);
    }
    assert.deepEqual(await cluster.podNames("backend"), pods, "what runs must be left alone");
    await copy.up("--expect-no-changes");
  });
});
