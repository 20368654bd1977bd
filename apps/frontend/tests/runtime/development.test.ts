import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

/**
 * A Next.js of which the answers and the trouble are those of one file, which it reads for each request, in a process
 * of its own.
 */
const next = `#!/usr/bin/env node
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
if (process.argv[2] === "dev") {
  const server = fork(process.argv[1], ["server", process.argv[3]]);
  server.on("exit", (code) => process.exit(code ?? 1));
  process.on("SIGTERM", () => server.kill());
} else {
  createServer((_request, response) => {
    const code = readFileSync("src/code.js", "utf8");
    if (code === "loop") for (;;);
    if (code === "end") process.exit(7);
    response.end(code + " " + process.pid);
  }).listen(Number(process.argv[3]), "127.0.0.1");
}
`;

const development = fileURLToPath(new URL("../../development", import.meta.url));

let folder: string;
let port: number;
let supervisor: ChildProcess;

const edit = (code: string): void => {
  writeFileSync(join(folder, "src/code.js"), code);
};

/** What the server answers; `nothing` while it does not. */
const answer = async (): Promise<string> =>
  await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.text(),
    () => "nothing",
  );

const serves = async (code: string): Promise<string> => {
  for (;;) {
    const said = await answer();
    if (said.startsWith(code)) return said;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "development-"));
  for (const name of ["public", "runtime", "src", "node_modules/.bin"])
    mkdirSync(join(folder, name), { recursive: true });
  cpSync(development, join(folder, "development"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "node_modules/.bin/next"), next, { mode: 0o755 });
  edit("one");
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  ({ port } = free.address() as AddressInfo);
  free.close();
  supervisor = spawn(process.execPath, ["development/serve.mjs", String(port)], { cwd: folder, stdio: "ignore" });
  await serves("one");
});

afterEach(async () => {
  if (supervisor.exitCode === null) {
    supervisor.kill();
    await once(supervisor, "exit");
  }
  rmSync(folder, { recursive: true });
});

test("a server that hangs is replaced by the next edit, and one that does not is left alone", async () => {
  const before = await answer();
  edit("loop");
  expect(await answer()).toBe("nothing");
  edit("two");
  const after = await serves("two");
  expect(after.split(" ")[1]).not.toBe(before.split(" ")[1]);
  edit("three");
  expect((await serves("three")).split(" ")[1]).toBe(after.split(" ")[1]);
});

test("a server that ends by itself ends the container, with the same exit code", async () => {
  edit("end");
  await answer();
  expect(await once(supervisor, "exit")).toEqual([7, null]);
});

test("a server that hangs ends when it is told to", async () => {
  edit("loop");
  expect(await answer()).toBe("nothing");
  supervisor.kill();
  expect(await once(supervisor, "exit")).toEqual([0, null]);
  expect(await answer()).toBe("nothing");
});
