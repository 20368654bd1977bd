import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { checkout } from "../../machine/paths.ts";

const lock = JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } });

/** A checkout whose main.ts prints what it was started with, and an npm that does what `npm` says. */
async function freshCheckout(npm: string): Promise<FsFixture> {
  const folder = await createFixture({
    "package-lock.json": lock,
    "npm-cli.cjs": npm,
    "cli/main.ts": "console.log('main', ...process.argv.slice(2)); process.exitCode = 5;",
    "cli/package.json": '{ "type": "module" }',
  });
  for (const file of ["cli/bootstrap.mjs", "machine/launch.mjs", "setup/packages.mjs", "machine/proxies.mjs"]) {
    await cp(join(checkout, file), folder.getPath(file));
  }
  return folder;
}

const start = async (folder: FsFixture, ...args: string[]) =>
  await startBy(folder, { npm_execpath: folder.getPath("npm-cli.cjs") }, ...args);

const startBy = async (folder: FsFixture, env: NodeJS.ProcessEnv, ...args: string[]) =>
  await execa(process.execPath, [folder.getPath("cli/bootstrap.mjs"), ...args], {
    cwd: folder.path,
    env,
    reject: false,
  });

const installs = `
  const { mkdirSync, writeFileSync, appendFileSync } = require("node:fs");
  appendFileSync("calls", process.argv.slice(2, 3) + "\\n");
  mkdirSync("node_modules", { recursive: true });
  writeFileSync("node_modules/.package-lock.json", ${JSON.stringify(lock)});`;

describe("npm start in a fresh checkout", function () {
  this.timeout("20s");

  it("installs the packages once, then hands over arguments and exit code", async () => {
    await using folder = await freshCheckout(installs);
    const first = await start(folder, "start", "--stack", "demo");
    assert.equal(first.stdout, "main start --stack demo", "standard output is the command's own: it may be JSON");
    assert.match(first.stderr, /❯ npm packages\n✔ npm packages/);
    assert.equal(first.exitCode, 5);
    const second = await start(folder, "stop");
    assert.equal(second.stdout, "main stop", "nothing is to be installed the second time");
    assert.equal(await readFile(folder.getPath("calls"), "utf8"), "ci\n");
  });

  it("S4: ends a scan with another code than that of findings when the packages cannot be installed", async () => {
    await using folder = await freshCheckout("process.exitCode = 1");
    assert.equal((await start(folder, "start")).exitCode, 1);
    assert.equal((await start(folder, "scan")).exitCode, 3, "nothing was scanned");
  });

  it("installs again when the lock file has changed", async () => {
    await using folder = await freshCheckout(installs);
    await mkdir(folder.getPath("node_modules"));
    await writeFile(
      folder.getPath("node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version: "0.9.0" } } }),
    );
    await start(folder, "start");
    assert.equal(await readFile(folder.getPath("calls"), "utf8"), "ci\n");
  });

  it("installs all packages, whatever the environment leaves out", async () => {
    await using folder = await freshCheckout(
      `${installs} appendFileSync("calls", process.argv.slice(3).join(" ") + "\\n");`,
    );
    await start(folder, "start");
    const [, flags = ""] = (await readFile(folder.getPath("calls"), "utf8")).split("\n");
    for (const flag of [
      ...["--include=dev", "--include=optional", "--include=peer", "--no-dry-run", "--no-global"],
      // Without links there are no commands, and copies of the checkout's own packages would never change.
      ...["--bin-links", "--no-install-links"],
    ]) {
      assert.ok(flags.includes(flag), `${flag} must be among ${flags}`);
    }
  });

  for (const other of ["pnpm/bin/pnpm.cjs", "yarn/bin/yarn.js", ".bun/bin/bun"]) {
    it(`installs the packages by npm when it was started by ${other}`, async () => {
      await using folder = await freshCheckout(installs);
      for (const name of [other, "bin/npm"]) await mkdir(dirname(folder.getPath(name)), { recursive: true });
      await folder.writeFile(other, "process.exit(1)");
      await folder.writeFile(
        "bin/npm",
        `#!/bin/sh\nexec '${process.execPath}' '${folder.getPath("npm-cli.cjs")}' "$@"`,
      );
      await chmod(folder.getPath("bin/npm"), 0o755);
      const env = {
        npm_execpath: folder.getPath(other),
        PATH: `${folder.getPath("bin")}:${process.env["PATH"] ?? ""}`,
      };
      const { stdout, stderr } = await startBy(folder, env, "start");
      assert.equal(stdout, "main start", stderr);
      assert.equal(await readFile(folder.getPath("calls"), "utf8"), "ci\n");
    });
  }

  it("never asks a proxy for this machine", async () => {
    await using folder = await freshCheckout(installs);
    await folder.writeFile("cli/main.ts", "console.log(process.env.NO_PROXY, process.env.NODE_USE_ENV_PROXY);");
    const { stdout } = await start(folder, "status");
    assert.equal(stdout, "undefined 1");
    const behind = await execa(process.execPath, [folder.getPath("cli/bootstrap.mjs"), "status"], {
      env: { https_proxy: "http://127.0.0.1:9", no_proxy: "example.org" },
    });
    assert.match(behind.stdout, /^example\.org,localhost,.*,127\.0\.0\.1,.* 1$/);
  });

  for (const [name, value, uses] of [
    ["HTTP_PROXY", "127.0.0.1:9", "1"],
    ["https_proxy", "proxy.corp:3128", "1"],
    ["HTTPS_PROXY", "http://me:100%@127.0.0.1:9", "1"],
    ["HTTP_PROXY", "socks5h://127.0.0.1:1080", "undefined"],
    ["http_proxy", "http://me:pa#ss@127.0.0.1:9", "undefined"],
  ] as const) {
    it(`starts whatever the proxy is: ${name}=${value}`, async () => {
      await using folder = await freshCheckout(installs);
      await folder.writeFile("cli/main.ts", "console.log('main', process.env.NODE_USE_ENV_PROXY);");
      // As in a user's shell: with it, Node itself ends before anything of ours has begun.
      const without = { NODE_USE_ENV_PROXY: undefined };
      const env = { npm_execpath: folder.getPath("npm-cli.cjs"), [name]: value, ...without };
      const { stdout, stderr } = await startBy(folder, env, "status");
      assert.equal(stdout, `main ${uses}`, stderr);
    });
  }

  it("says in two lines why the packages cannot be installed", async () => {
    await using folder = await freshCheckout(`
      console.error("npm warn something else");
      console.error("npm error network: the registry cannot be reached");
      process.exitCode = 1;`);
    const result = await start(folder, "start");
    assert.equal(result.exitCode, 1);
    assert.equal(
      result.stderr,
      "❯ npm packages\n" +
        "npm ci failed: npm error network: the registry cannot be reached\n" +
        "Run it by hand to see all of its output: npm ci",
    );
    assert.ok(!result.stdout.includes("main"), "nothing may be started without its packages");
  });
});
