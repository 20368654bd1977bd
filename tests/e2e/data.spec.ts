import assert from "node:assert/strict";
import { execa } from "execa";
import { FaultyStack } from "../helpers/cluster/faulty-stack.ts";
import { stack } from "../stack/support/stack.ts";

/** Nobody sits at a terminal here, so that nobody can agree. */
describe("the data of a stack", function () {
  this.timeout("5m");

  let laptop: FaultyStack;

  beforeEach(async () => {
    laptop = await FaultyStack.of(stack.copy, stack.url);
  });

  for (const { setting, value, back, loss } of [
    {
      setting: "namespace",
      value: "staging",
      back: ["rm", "namespace"],
      loss: /all data in the namespace todo of \S+ will be lost/,
    },
    { setting: "memory", value: "3500", back: ["set", "memory", "4096"], loss: /all data in \S+ will be lost/ },
  ]) {
    it(`stay when another ${setting} is set: a preview warns, and everything else is refused with what would be lost`, async () => {
      const { copy } = laptop;
      const own = ["--stack", copy.stack];
      await copy.succeed("pulumi", ["config", "set", setting, value, ...own]);
      assert.match(await laptop.preview(), loss);
      for (const run of [() => copy.npm("start"), () => copy.pulumi(["up", "--yes", "--skip-preview", ...own])]) {
        const { exitCode, all } = await run();
        assert.notEqual(exitCode, 0, all);
        assert.match(all, loss);
        assert.match(all, /In it: accounts: \d+, todos: \d+\./);
        assert.match(all, /TODO_STACK_LOSE=(namespace|cluster)\/\S+/);
      }
      await laptop.keepsTodo();
      await copy.succeed("pulumi", ["config", ...back, ...own]);
      await copy.up("--expect-no-changes");
    });
  }

  it("stay over npm stop, and npm start goes on with them", async () => {
    const { copy, profile } = laptop;
    const stopped = await copy.npm("stop");
    assert.equal(stopped.exitCode, 0, stopped.all);
    const { stdout } = await execa("docker", ["inspect", "--format", "{{.State.Status}}", profile]);
    assert.equal(stdout, "exited");
    const started = await copy.npm("start");
    assert.equal(started.exitCode, 0, started.all);
    await laptop.keepsTodo();
    await copy.up("--expect-no-changes");
  });

  it("go nowhere with pulumi stack rm, which is refused while the cluster is there", async () => {
    const { exitCode, all } = await laptop.copy.pulumi(["stack", "rm", "--yes", "--force", laptop.copy.stack]);
    assert.notEqual(exitCode, 0, all);
    assert.match(all, /is still there, with all its data/);
    await laptop.keepsTodo();
  });
});
