import assert from "node:assert/strict";
import { execa } from "execa";
import { commandOfEngine } from "../../../provider/engine/engine-command.ts";
import { effectOf } from "../../../provider/engine/pulumi-commands.ts";

describe("the command line of the process that has started the provider", () => {
  for (const [line, effect] of [
    ["destroy --yes", "destroys"],
    ["up --yes", "changes"],
  ] as const) {
    it(`is read: ${line}`, async () => {
      // A shell that waits, with words that it does not look at.
      const engine = execa("sh", ["-c", "read line", ...line.split(" ")], { reject: false, stdin: "pipe" });
      try {
        const words = commandOfEngine(engine.pid ?? 0) ?? [];
        assert.equal(words.slice(-2).join(" "), line);
        assert.equal(effectOf(words.slice(-2)), effect);
      } finally {
        engine.kill();
        await engine;
      }
    });
  }

  it("is not known of a process that is not there", () => assert.equal(commandOfEngine(2 ** 30), undefined));
});
