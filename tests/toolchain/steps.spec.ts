import assert from "node:assert/strict";
import { ToolchainError } from "../../toolchain/errors.ts";
import { runSteps } from "../../toolchain/setup.ts";
import type { Step } from "../../toolchain/step.ts";

const step = (title: string, work: () => void): Step => ({
  title,
  isDone: () => Promise.resolve(false),
  run: (report) => {
    report("working");
    work();
    return Promise.resolve();
  },
});

describe("steps of set-up", () => {
  it("run one after the other, and stop at the first that fails, with its message", async () => {
    const ran: string[] = [];
    const missing = new ToolchainError("Docker is missing.", "Install it.");
    const steps = [
      step("one", () => ran.push("one")),
      step("two", () => {
        throw missing;
      }),
      step("three", () => ran.push("three")),
    ];
    await assert.rejects(runSteps(steps), missing);
    assert.deepEqual(ran, ["one"]);
  });
});
