import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { logFile, run } from "../../toolchain/run.ts";

const title = "spec of run";

describe("running a command", () => {
  afterEach(async () => {
    await rm(logFile(title), { force: true });
  });

  it("gives its output, reports its lines and keeps them in a log", async () => {
    const lines: string[] = [];
    const output = await run(title, "sh", ["-c", "echo one; echo; echo two"], { report: (line) => lines.push(line) });
    assert.equal(output, "one\n\ntwo");
    assert.deepEqual(lines, ["one", "two"]);
    assert.match(await readFile(logFile(title), "utf8"), /spec of run\none\n\ntwo\n/);
  });

  it("passes input and environment", async () => {
    assert.equal(
      await run(title, "sh", ["-c", 'cat; printf "$WORD"'], { input: "hello ", env: { WORD: "world" } }),
      "hello world",
    );
  });

  it("fails with the last lines, the exit code, the advice and the log", async () => {
    await assert.rejects(
      run(title, "sh", ["-c", "seq 1 50; echo broken >&2; exit 3"], { next: "Mend it." }),
      (error: Error) => {
        assert.match(error.message, /^spec of run failed: exit code 3\n/);
        assert.match(error.message, /\n {4}broken\n/);
        assert.ok(!error.message.includes("    20\n"), "the message must fit one screen");
        assert.match(error.message, /\n {2}Mend it\. Log: .*spec-of-run\.log$/);
        return error.name === "ToolchainError";
      },
    );
  });

  it("names a command that is not there", async () => {
    await assert.rejects(run(title, "/does/not/exist", []), /failed: the command was not found/);
  });

  it("names the signal that ended it", async () => {
    await assert.rejects(run(title, "sh", ["-c", "kill -9 $$"]), /failed: ended by SIGKILL/);
  });
});
