import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "chokidar";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import type { ChangeObserver } from "../../../cli/dev/file-changes.ts";
import { Session } from "../../../cli/dev/dev.ts";

const events = ["SIGINT", "SIGTERM", "SIGHUP", "uncaughtException", "unhandledRejection"];
const outputs = [process.stdout, process.stderr];

describe("npm run dev: how it ends", () => {
  let folder: FsFixture;
  let before: Map<string, unknown[]>;
  let errors: unknown[][];

  beforeEach(async () => {
    folder = await createFixture({});
    rest = undefined;
    errors = outputs.map((output) => output.listeners("error"));
    before = new Map(events.map((event) => [event, process.listeners(event as "SIGINT")]));
  });

  afterEach(async () => {
    for (const event of events) {
      for (const listener of process.listeners(event as "SIGINT")) {
        if (before.get(event)?.includes(listener) !== true) process.off(event, listener);
      }
    }
    for (const [at, output] of outputs.entries()) {
      for (const listener of output.listeners("error") as (() => void)[])
        if (errors[at]?.includes(listener) !== true) output.off("error", listener);
    }
    await folder.rm();
  });

  /** What is said of a stack that another command has removed or stopped; by default it runs. */
  let rest: string | undefined;

  /** Lets something happen while it works, and something while it ends. */
  const ended = async (
    happens: (observer: ChangeObserver) => void,
    code = 0,
    down = false,
    meanwhile: () => void | Promise<void> = () => undefined,
  ) => {
    const lines: string[] = [];
    const ran: string[] = [];
    const sources = {
      fingerprint: () => "",
      watch: (observer: ChangeObserver) => {
        setImmediate(() => happens(observer));
        return watch(folder.path);
      },
    };
    let isEnding = false;
    const pulumi = async (args: string[]): Promise<number> => {
      ran.push(args.join(" "));
      if (isEnding) await meanwhile();
      return code;
    };
    const print = (_source: string, text: string): void => void lines.push(text);
    const session = new Session("dev", print, sources, pulumi, () => Promise.resolve(rest));
    await session.untilStopped();
    isEnding = true;
    ran.length = 0;
    const exitCode = await session.end(down);
    return { lines, ran, exitCode };
  };

  const up = ["up --yes --skip-preview --stack dev"];
  const limit = Object.assign(new Error("System limit for number of file watchers reached"), {
    code: "ENOSPC",
    path: "/src",
    syscall: "watch",
  });
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    path: "/disk/state",
    syscall: "write",
  });
  const denied = Object.assign(new Error("EACCES: permission denied, scandir '/src'"), {
    code: "EACCES",
    path: "/src",
  });

  const failures: [what: string, error: Error, sentence: RegExp][] = [
    ["too many files are watched", limit, /no more files be watched: .* sudo sysctl fs\.inotify\.max_user_watches=/],
    ["the disk is full", full, /^\/disk\/state cannot be written: no space is left on its disk\. .*df -h \/disk/],
    ["a folder cannot be read", denied, /^\/src cannot be read: permission denied\.$/],
  ];
  for (const [what, error, sentence] of failures) {
    it(`leaves development when ${what}, says why in one sentence, and fails`, async () => {
      const { lines, ran, exitCode } = await ended(({ failed }) => failed(error));
      const [why = "", leaving = ""] = lines;
      assert.match(why, sentence);
      assert.match(leaving, /^Leaving development: pulumi up/);
      assert.doesNotMatch(lines.join("\n"), /\n {4}at /, "no stack trace");
      assert.deepEqual([ran, exitCode], [up, 1]);
    });
  }

  it("leaves development when anything unexpected happens", async () => {
    const { lines, ran, exitCode } = await ended(() => {
      // Mocha's own would fail the test.
      for (const listener of (before.get("uncaughtException") ?? []) as (() => void)[])
        process.off("uncaughtException", listener);
      process.emit("uncaughtException", new Error("unexpected"));
      for (const listener of (before.get("uncaughtException") ?? []) as (() => void)[])
        process.on("uncaughtException", listener);
    });
    assert.equal(lines[0], "unexpected");
    assert.deepEqual([ran, exitCode], [up, 1]);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`leaves development after ${signal}`, async () => {
      const { ran, exitCode } = await ended(() => process.emit(signal));
      assert.deepEqual([ran, exitCode], [up, 0]);
    });
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`destroys the stack with --down after ${signal}`, async () => {
      const { ran, exitCode } = await ended(() => process.emit(signal), 0, true);
      assert.deepEqual([ran, exitCode], [["destroy --yes --skip-preview --stack dev"], 0]);
    });
  }

  const accidents: [what: string, happens: (observer: ChangeObserver) => void, exitCode: number][] = [
    ["the terminal was closed", () => process.emit("SIGHUP"), 0],
    ["nobody reads its output any more", () => process.stdout.emit("error", new Error("EPIPE")), 0],
    ["it has failed", ({ failed }) => failed(limit), 1],
  ];
  for (const [what, happens, expected] of accidents) {
    it(`keeps the stack also with --down when ${what}, and says how to remove it`, async () => {
      const { lines, ran, exitCode } = await ended(happens, 0, true);
      assert.deepEqual([ran, exitCode], [up, expected]);
      assert.equal(lines.at(-1), "The stack was kept. To remove it: npm run destroy");
    });
  }

  it("comes to its end when the terminal is closed meanwhile, and ends at once after a second Ctrl-C", async () => {
    const exit = process.exit.bind(process);
    const { error } = console;
    const exits: unknown[] = [];
    process.exit = ((code: number) => void exits.push(code)) as typeof process.exit;
    console.error = () => undefined;
    try {
      const meanwhile = async (): Promise<void> => {
        // Longer than what one signal takes to come twice.
        await sleep(150);
        process.emit("SIGHUP");
        assert.deepEqual(exits, []);
        await sleep(150);
        process.emit("SIGINT");
      };
      await ended(() => process.emit("SIGINT"), 0, false, meanwhile);
    } finally {
      Object.assign(process, { exit });
      console.error = error;
    }
    assert.deepEqual(exits, [130]);
  });

  it("brings up nothing that another command has removed or stopped meanwhile, and says so", async () => {
    rest = "The stack dev has no cluster.";
    const { lines, ran, exitCode } = await ended(() => process.emit("SIGINT"));
    assert.deepEqual([lines.at(-1), ran, exitCode], [rest, [], 0]);
  });

  it("says how to leave development when that failed", async () => {
    const { lines, exitCode } = await ended(({ failed }) => failed(limit), 1);
    assert.equal(lines.at(-1), "That failed. Type: npx pulumi up");
    assert.equal(exitCode, 1);
  });
});
