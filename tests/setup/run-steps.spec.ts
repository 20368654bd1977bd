import assert from "node:assert/strict";
import process from "node:process";
import { execa } from "execa";
import { UserError } from "../../provider/processes/errors.ts";
import { runSteps } from "../../setup/run-steps.ts";
import type { Step } from "../../machine/step.ts";

const step = (title: string, work: () => void | Promise<void>, more: Partial<Step> = {}): Step => ({
  title,
  isDone: () => Promise.resolve(false),
  run: async (report) => {
    report("working");
    await work();
  },
  ...more,
});

const compiles = { compiles: true } as const;

describe("steps of set-up", () => {
  it("run one after the other, and stop at the first that fails, with its message", async () => {
    const ran: string[] = [];
    const missing = new UserError("Docker is missing.", "Install it.");
    const steps = [
      step("one", () => void ran.push("one")),
      step("two", () => {
        throw missing;
      }),
      step("three", () => void ran.push("three")),
    ];
    await assert.rejects(runSteps(steps), missing);
    assert.deepEqual(ran, ["one"]);
  });

  it("run beside those that compile, in the order given", async () => {
    const ran: string[] = [];
    const downloaded = Promise.withResolvers<undefined>();
    await runSteps([
      // Would wait for ever if nothing ran beside it.
      step("compile one", () => downloaded.promise.then(() => void ran.push("compile one")), compiles),
      step("compile two", () => void ran.push("compile two"), compiles),
      step("download one", () => void ran.push("download one")),
      step("download two", () => {
        ran.push("download two");
        downloaded.resolve(undefined);
      }),
    ]);
    assert.deepEqual(ran, ["download one", "download two", "compile one", "compile two"]);
  });

  it("wait for what they need of the others", async () => {
    const ran: string[] = [];
    await runSteps([
      step("image", () => void ran.push("image"), { needs: ["program"] }),
      step("first program", () => new Promise((done) => setTimeout(done, 20)), compiles),
      step("program", () => void ran.push("program"), compiles),
    ]);
    assert.deepEqual(ran, ["program", "image"]);
  });

  it("do not wait for what was there before", async () => {
    const ran: string[] = [];
    await runSteps([
      step("image", () => void ran.push("image"), { needs: ["a program that is built"] }),
      step("other program", () => void ran.push("other program"), compiles),
    ]);
    assert.deepEqual(ran.sort(), ["image", "other program"]);
  });

  for (const [failing, waiting] of [
    ["compiles", "an image that needs a later program"],
    ["downloads", "a program that comes later"],
  ] as const) {
    it(`end with the first failure of one that ${failing}, and ${waiting} is not made`, async () => {
      const ran: string[] = [];
      const broken = new UserError("It is broken.", "Fix it.");
      const fails = (): never => {
        throw broken;
      };
      const steps =
        failing === "compiles"
          ? [
              step("broken", fails, compiles),
              step("program", () => void ran.push("program"), compiles),
              step("image", () => void ran.push("image"), { needs: ["program"] }),
            ]
          : [
              step("slow", () => new Promise((done) => setTimeout(done, 50)), compiles),
              step("program", () => void ran.push("program"), compiles),
              step("broken", fails),
            ];
      await assert.rejects(runSteps(steps), broken);
      assert.deepEqual(ran, []);
    });
  }
  it("are shown on standard error, since standard output is the command's own", async () => {
    const module = new URL("../../setup/run-steps.ts", import.meta.url).href;
    const script = `
      const { runSteps } = await import(${JSON.stringify(module)});
      await runSteps([{ title: "minikube", isDone: async () => false, run: async () => undefined }]);`;
    const { stdout, stderr } = await execa(process.execPath, ["--input-type=module", "--eval", script]);
    assert.equal(stdout, "");
    assert.match(stderr, /minikube/);
  });
});
