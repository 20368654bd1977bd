import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const development = fileURLToPath(new URL("../../development", import.meta.url));
const hangs = "for (;;);";

let folder: string;
let supervisor: ChildProcess;

const edit = (code: string): void => {
  const log = JSON.stringify(join(folder, "log"));
  writeFileSync(join(folder, "runtime/script.mjs"), `(await import("node:fs")).appendFileSync(${log}, "x");\n${code}`);
};

const run = (code: string): void => {
  edit(code);
  const command = ["development/run.mjs", "runtime/script.mjs"];
  supervisor = spawn(process.execPath, command, { cwd: folder, stdio: "ignore" });
};

const started = async (times: number): Promise<void> => {
  const log = join(folder, "log");
  while (!existsSync(log) || readFileSync(log, "utf8").length < times) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
  mkdirSync(join(folder, "runtime"));
  cpSync(development, join(folder, "development"), { recursive: true });
});

afterEach(async () => {
  if (supervisor.exitCode === null && supervisor.signalCode === null) {
    supervisor.kill();
    await once(supervisor, "exit");
  }
  rmSync(folder, { recursive: true });
});

test("ends with the end of its script", async () => {
  run("process.exit(0)");
  expect(await once(supervisor, "exit")).toEqual([0, null]);
});

test.each([hangs, "throw new Error()", "process.exit(1)"])(
  "runs a script again after the next edit: %s",
  async (code) => {
    run(hangs);
    await started(1);
    edit(code);
    await started(2);
    edit("process.exit(0)");
    expect(await once(supervisor, "exit")).toEqual([0, null]);
  },
);

test("tries a script that fails again without an edit", async () => {
  run(`if ((await import("node:fs")).readFileSync("log", "utf8").length < 2) process.exit(1);`);
  expect(await once(supervisor, "exit")).toEqual([0, null]);
});

test("ends a script that hangs when it is told to", async () => {
  run(hangs);
  await started(1);
  supervisor.kill();
  expect(await once(supervisor, "exit")).toEqual([1, null]);
});
