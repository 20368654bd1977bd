import assert from "node:assert/strict";
import { measure } from "../../bench/scenario.ts";

describe("a scenario of the benchmarks", () => {
  it("takes turns, times the steps that have a row, and leaves out the others", async () => {
    let now = 0;
    const log: string[] = [];
    const takes = (name: string, seconds: number) => () => {
      log.push(name);
      now += seconds;
      return Promise.resolve();
    };
    const scenario = {
      prepare: takes("prepare", 100),
      steps: [
        { row: { what: "up", by: "one" }, run: takes("one", 3) },
        { run: takes("between", 50) },
        { row: { what: "up", by: "other" }, run: takes("other", 4) },
      ],
      finish: takes("finish", 100),
    };
    const measured = await measure(
      scenario,
      2,
      () => undefined,
      () => now,
    );
    assert.deepEqual(log, ["prepare", "one", "between", "other", "one", "between", "other", "finish"]);
    assert.deepEqual(measured, [
      { what: "up", by: "one", seconds: [3, 3] },
      { what: "up", by: "other", seconds: [4, 4] },
    ]);
  });

  it("cleans up after a step that fails, and fails", async () => {
    let finished = false;
    const finish = (): Promise<void> => {
      finished = true;
      return Promise.resolve();
    };
    const steps = [{ run: () => Promise.reject(new Error("no cluster")) }];
    await assert.rejects(measure({ steps, finish }, 1), /no cluster/);
    assert.ok(finished, "what a scenario has begun must be ended");
  });
});
