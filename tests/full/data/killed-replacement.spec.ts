import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PretendedCheckout } from "../../helpers/pretended/pretended-checkout.ts";
import { until } from "../../helpers/until.ts";

/**
 * By the real Pulumi engine, on a Docker and a Minikube that only pretend. The old cluster is gone, and the new one
 * half made.
 */
describe("after a kill while another cluster is made, of which somebody then thinks better", function () {
  this.timeout("10m");
  let here: PretendedCheckout;

  before(async function () {
    const made = await PretendedCheckout.create();
    if (made === undefined) {
      console.warn("a killed replacement: skipped, since there is no pulumi");
      this.skip();
    }
    here = made;
  });

  beforeEach(async () => {
    await here.set({ memory: 2048 });
    await here.machine("start-hangs", "");
    const start = here.start(["start", "--yes"]);
    start.output.resume();
    await until("the new cluster starts", () => Promise.resolve(existsSync(join(here.commands.folder, "started"))));
    start.kill();
    await start.ended;
    // The provider ends a second after the engine.
    await sleep(2_000);
    await rm(join(here.commands.folder, "start-hangs"));
  });

  afterEach(() => here.restore());
  after(() => here.remove());

  it("a destroy leaves no container, volume or network", async () => {
    const { exitCode, all } = await here.pulumi(["destroy", "--yes", "--skip-preview"]);
    assert.equal(exitCode, 0, all);
    for (const thing of ["container", "volume", "network"]) {
      assert.ok(!existsSync(join(here.commands.folder, `${thing}-todo`)), `${thing}\n${all}`);
    }
    assert.ok(!existsSync(here.profile), all);
  });

  for (const [what, memory] of [
    ["the old value", undefined],
    ["a third value", 3072],
  ] as const) {
    it(`${what} brings a whole cluster up, and asks nobody`, async () => {
      await here.set(memory === undefined ? {} : { memory });
      const up = await here.npm(["start"]);
      assert.equal(up.exitCode, 0, up.all);
      const again = await here.pulumi(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
      assert.equal(again.exitCode, 0, again.all);
      for (const thing of ["container", "volume", "network"]) {
        assert.ok(existsSync(join(here.commands.folder, `${thing}-todo`)), `${thing}\n${up.all}`);
      }
    });
  }
});
