import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { Watcher } from "../../bench/watcher.ts";

describe("a command that follows the sources", () => {
  it("is ready once it has said so, in however many pieces", async () => {
    const { command } = pretended();
    const ready = Watcher.of(command, /Watching for changes/);
    command.output.write("Built.\nWatching ");
    assert.equal(await Promise.race([ready, setImmediate("not yet")]), "not yet");
    command.output.write("for changes\n");
    await ready;
  });

  it("is stopped as by Ctrl-C, and has then ended", async () => {
    const { command, signals } = pretended();
    const ready = Watcher.of(command, /Watching/);
    command.output.write("Watching\n");
    await (await ready).stop();
    assert.deepEqual(signals, ["SIGINT"]);
  });

  it("says what it said when it ends before", async () => {
    const { command } = pretended();
    const ready = Watcher.of(command, /Watching/);
    command.output.write("no such file\n");
    await setImmediate();
    command.kill("SIGINT");
    await assert.rejects(ready, /ended before it watched:\nno such file/);
  });
});

/** A command that ends when it is told to. */
function pretended() {
  const signals: string[] = [];
  let end: (value?: unknown) => void = () => undefined;
  const ended = new Promise((resolve) => (end = resolve));
  const kill = (signal: NodeJS.Signals): void => {
    signals.push(signal);
    end();
  };
  return { signals, command: { output: new PassThrough(), kill, ended } };
}
