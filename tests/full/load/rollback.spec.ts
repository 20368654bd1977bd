import assert from "node:assert/strict";
import { loseNothing } from "./load.ts";
import { edits } from "../../stack/support/edits.ts";
import { stack } from "../../stack/support/stack.ts";

describe("a release that cannot start", function () {
  this.timeout("20m");

  it("H7: the previous version serves throughout a crash-looping upgrade, and a repaired release converges in one up", async () => {
    const { copy, cluster } = stack;
    const { file: entry, text: whole } = edits.start;
    const broken = '    sys.exit("a fault planted by a test")\n';
    const before = await cluster.podNames("backend");
    await copy.edit(entry, whole, broken);
    try {
      let exitCode: number | undefined;
      let all = "";
      await loseNothing(async () => {
        ({ exitCode, all } = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]));
      });
      assert.notEqual(exitCode, 0, "a release that crash-loops must not count as a success");
      assert.match(all, /pod todo-backend-\S+, container backend/, `the error must name pod and container:\n${all}`);
      assert.match(all, /a fault planted by a test/, `the error must show the last lines of the log:\n${all}`);
      assert.match(all, /The previous revision \d+ runs again\./, `the release must be rolled back by itself:\n${all}`);
      assert.deepEqual(await cluster.podNames("backend"), before, "the previous pods must be left alone");
    } finally {
      await copy.edit(entry, broken, whole);
      await copy.up();
    }
    assert.equal((await fetch(stack.url)).status, 200, `${stack.url} must answer`);
    await copy.up("--expect-no-changes");
  });
});

describe("npm run rollback", function () {
  this.timeout("20m");

  it("H7: brings an earlier release back under load, which the next preview names and the next up replaces", async () => {
    const { copy } = stack;
    const before = await imageOfBackend();
    const [, revision = ""] = /^ *(\d+) .* deployed /m.exec((await copy.npm("rollback")).stdout) ?? [];
    const { file, text } = edits.start;
    const edited = `${text}    # Another image.\n`;
    await copy.edit(file, text, edited);
    try {
      await copy.up();
      const after = await imageOfBackend();
      assert.notEqual(after, before, "the backend must have another image");
      await loseNothing(async () => {
        const { exitCode, all } = await copy.npm("rollback", {}, revision, "--yes");
        assert.equal(exitCode, 0, all);
      });
      assert.equal(await imageOfBackend(), before, `revision ${revision} must run again`);
      const { all } = await copy.pulumi(["preview", "--diff", "--stack", copy.stack]);
      assert.match(all, new RegExp(`Rollback to ${revision}\\b`), `the preview must say what runs:\n${all}`);
      await copy.up();
      assert.equal(await imageOfBackend(), after, "an up must release what is in the checkout");
    } finally {
      await copy.edit(file, edited, text);
      await copy.up();
    }
  });
});

async function imageOfBackend(): Promise<string> {
  const { apps, namespace } = stack.cluster;
  const { spec } = await apps.readNamespacedDeployment({ name: "todo-backend", namespace });
  return spec?.template.spec?.containers[0]?.image ?? "";
}
