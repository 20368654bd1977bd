import assert from "node:assert/strict";
import { CommandFailed, run } from "../../../offline/stand-ins/run-command.ts";

const signal = new AbortController().signal;
const sh = (script: string, more: Partial<Parameters<typeof run>[0]> = {}): Promise<string> =>
  run({ file: "sh", args: ["-c", script], signal, ...more });

describe("stand-ins: commands", () => {
  it("give what they write", async () => assert.equal(await sh("echo out; echo err >&2"), "out\n"));

  it("read what they are given", async () => assert.equal(await sh("cat", { input: "text" }), "text"));

  it("may end without reading it", () => sh("exit 0", { input: "x".repeat(1_000_000) }));

  it("show their error output line by line", async () => {
    const lines: string[] = [];
    await sh("echo one >&2; echo two >&2", { onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["one", "two"]);
  });

  it("fail with the last line that they wrote", async () => {
    await assert.rejects(sh("echo first >&2; echo 'ERROR: last' >&2; echo >&2; exit 3"), { message: "last" });
  });

  it("fail with their exit code when they wrote nothing", async () => {
    await assert.rejects(sh("exit 3"), { message: "sh ended with exit code 3" });
  });

  it("fail with a reason when they are not there", async () => {
    await assert.rejects(run({ file: "no-such-command", args: [], signal }), /cannot run no-such-command: .*ENOENT/);
  });

  it("end when they are cancelled", async () => {
    const controller = new AbortController();
    const running = sh("trap 'exit 9' TERM; sleep 60 & wait", { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(running, (error) => error instanceof CommandFailed && error.message === "sh was cancelled");
  });

  it("are not started after a cancellation", async () => {
    await assert.rejects(sh("exit 0", { signal: AbortSignal.abort() }), { message: "sh was cancelled" });
  });
});
