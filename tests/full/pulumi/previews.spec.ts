import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PretendedCheckout } from "../../helpers/pretended/pretended-checkout.ts";

/**
 * Whoever waits for a cluster that says nothing waits for a time-out. So what is asked is counted: a preview that asks
 * nobody takes no longer than one of a cluster that runs.
 */
describe("npx pulumi preview", function () {
  this.timeout("5m");
  let stack: PretendedCheckout;

  before(async function () {
    const created = await PretendedCheckout.create();
    if (created === undefined) this.skip();
    stack = created;
  });
  after(() => (stack as PretendedCheckout | undefined)?.remove());
  afterEach(() => stack.restore());

  /** What a preview asks Kubernetes, itself or by kubectl, and what it asks the Docker daemon in the cluster. */
  const asked = async (args: string[] = []): Promise<string[]> => {
    stack.api.asked.length = 0;
    const before = (await kubernetes()).length;
    const { exitCode, all } = await stack.pulumi(["preview", ...args]);
    assert.equal(exitCode, 0, all);
    return [...stack.api.asked, ...(await kubernetes()).slice(before)];
  };

  const kubernetes = async (): Promise<string[]> =>
    (await stack.commands.calls("kubectl")).map(({ args }) => `kubectl ${args.join(" ")}`);

  it("asks a cluster that runs", async () => {
    assert.notDeepEqual(await asked(), []);
  });

  for (const state of ["exited", "paused"]) {
    it(`asks nobody in a cluster whose node is ${state}`, async () => {
      await stack.machine("container-todo", state);
      assert.deepEqual(await asked(), []);
    });

    it(`asks nobody in a cluster whose node is ${state} when it is to be replaced`, async () => {
      await stack.machine("container-todo", state);
      await stack.set({ memory: 4096 });
      assert.deepEqual(await asked(), []);
    });
  }

  it("asks a node whose API server is not ready once", async () => {
    stack.api.ready = false;
    try {
      assert.deepEqual(await asked(), ["GET /readyz"]);
    } finally {
      stack.api.ready = true;
    }
  });

  it("asks nobody for a cluster that is gone", async () => {
    await rm(join(stack.commands.folder, "container-todo"));
    assert.deepEqual(await asked(), []);
  });

  it("asks nobody where Docker does not answer", async () => {
    await stack.machine("docker-is-down", "Cannot connect: no such file or directory\n");
    assert.deepEqual(await asked(), []);
  });
});
