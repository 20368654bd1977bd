import assert from "node:assert/strict";
import process from "node:process";
import { watch } from "chokidar";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import type { ChangeObserver } from "../../../cli/dev/file-changes.ts";
import { Session } from "../../../cli/dev/dev.ts";

const events = ["SIGINT", "SIGTERM", "SIGHUP", "uncaughtException", "unhandledRejection"];

describe("npm run dev: how it ends", () => {
  let folder: FsFixture;
  let before: Map<string, unknown[]>;

  beforeEach(async () => {
    folder = await createFixture({});
    before = new Map(events.map((event) => [event, process.listeners(event as "SIGINT")]));
  });

  afterEach(async () => {
    for (const event of events) {
      for (const listener of process.listeners(event as "SIGINT")) {
        if (before.get(event)?.includes(listener) !== true) process.off(event, listener);
      }
    }
    await folder.rm();
  });

  /** Lets something happen while it works. */
  const ended = async (happens: (observer: ChangeObserver) => void, code = 0) => {
    const lines: string[] = [];
    const ran: string[] = [];
    const sources = {
      fingerprint: () => "",
      watch: (observer: ChangeObserver) => {
        setImmediate(() => happens(observer));
        return watch(folder.path);
      },
    };
    const pulumi = (args: string[]): Promise<number> => {
      ran.push(args.join(" "));
      return Promise.resolve(code);
    };
    const session = new Session("dev", (_source, text) => void lines.push(text), sources, pulumi);
    await session.untilStopped();
    const exitCode = await session.end(false);
    return { lines, ran: ran.slice(-1), exitCode };
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

  it("says how to leave development when that failed", async () => {
    const { lines, exitCode } = await ended(({ failed }) => failed(limit), 1);
    assert.equal(lines.at(-1), "That failed. Type: npx pulumi up");
    assert.equal(exitCode, 1);
  });
});
