import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { logFolder } from "../../machine/paths.ts";
import { ask, logFile, run } from "../../machine/run.ts";

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
      run(title, "sh", ["-c", "seq 1 50; echo broken >&2; exit 3"], { next: "Fix it." }),
      (error: Error) => {
        assert.match(error.message, /^spec of run failed: exit code 3\n/);
        assert.match(error.message, /\n {4}broken\n/);
        assert.ok(!error.message.includes("    20\n"), "the message must fit one screen");
        assert.match(error.message, /\n {2}Fix it\. Log: .*spec-of-run\.log$/);
        return error.name === "UserError";
      },
    );
  });

  it("names a command that is not there", async () => {
    await assert.rejects(run(title, "/does/not/exist", []), /failed: the command was not found/);
  });

  it("names the signal that ended it", async () => {
    await assert.rejects(run(title, "sh", ["-c", "kill -9 $$"]), /failed: ended by SIGKILL/);
  });

  it("goes on when there is no room for the log", async function () {
    if (process.platform !== "linux") this.skip();
    await mkdir(logFolder, { recursive: true });
    await symlink("/dev/full", logFile(title));
    assert.equal(await run(title, "sh", ["-c", "seq 1 5000"]).then((text) => text.split("\n").length), 5000);
  });

  it("keeps its log from others, also one that an older version has left open", async () => {
    const modes = async (): Promise<string[]> =>
      await Promise.all([logFolder, logFile(title)].map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
    await run(title, "true", []);
    assert.deepEqual(await modes(), ["700", "600"]);
    await Promise.all([chmod(logFolder, 0o755), chmod(logFile(title), 0o644)]);
    await run(title, "true", []);
    assert.deepEqual(await modes(), ["700", "600"]);
  });

  it("keeps passwords of addresses out of log, progress and message", async () => {
    const lines: string[] = [];
    const failing = run(title, "sh", ["-c", "echo GET https://me:hush@registry.example/; exit 1"], {
      report: (line) => lines.push(line),
    });
    await assert.rejects(failing, (error: Error) => !error.message.includes("hush"));
    assert.deepEqual(lines, ["GET https://[hidden]@registry.example/"]);
    assert.doesNotMatch(await readFile(logFile(title), "utf8"), /hush/);
  });
});

describe("asking a command for what may be a secret", () => {
  it("gives its answer and keeps it nowhere", async () => {
    assert.equal(await ask(title, "sh", ["-c", "echo hush; echo more hush >&2"]), "hush");
    assert.ok(!existsSync(logFile(title)), "there must be no log");
  });

  it("fails with what it said on standard error alone", async () => {
    await assert.rejects(ask(title, "sh", ["-c", "echo hush; echo broken >&2; exit 3"]), (error: Error) => {
      assert.match(error.message, /^spec of run failed: exit code 3\n {4}broken\n {2}Fix it/);
      assert.doesNotMatch(error.message, /hush/);
      return error.name === "UserError";
    });
    assert.ok(!existsSync(logFile(title)));
  });

  it("names a command that is not there", async () => {
    await assert.rejects(ask(title, "/does/not/exist", []), /failed: the command was not found/);
  });
});
