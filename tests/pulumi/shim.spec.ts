import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { checkout } from "../../machine/paths.ts";

const settings = "# Settings of the stack.\nconfig: {}\n";
const foreignSalt = "encryptionsalt: v1:bYdmWVWeB4k=:v1:o7Se47783HT2m8YR:RG433OKRgJEgOegdMOK+wTN1bTS55Q==\n";
const secret = "config:\n  todo-stack:key:\n    secure: v1:120gaGzJ/mefbfl+:iji9XpwZIeXAO761/td/zEji\n";

/**
 * The real Pulumi in a fresh checkout that has nothing but the commands, what they use of the provider, and a project
 * without a program.
 */
describe("npx pulumi in a fresh checkout", function () {
  this.timeout("1m");
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "todo stack-"));
    for (const part of ["cli", "data", "machine", "offline", "pulumi", "setup", "state", "package.json"])
      await cp(join(checkout, part), join(folder, part), { recursive: true });
    for (const part of ["node_modules", "provider", "components", "versions.ts"])
      await symlink(join(checkout, part), join(folder, part));
    await writeFile(join(folder, "Pulumi.yaml"), "name: todo-stack\nruntime: nodejs\n");
    await writeFile(join(folder, "Pulumi.dev.yaml"), settings);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const pulumi = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const shims = join(folder, "node_modules", ".bin");
    return await execa(process.execPath, [join(folder, "cli/bin/pulumi.mjs"), ...args], {
      cwd: folder,
      env: { ...ownEnvironment(), PATH: `${shims}:${process.env.PATH ?? ""}`, ...env },
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });
  };

  it("asks nothing, selects the stack dev and leaves tracked files as they were", async () => {
    const result = await pulumi(["stack", "ls", "--json"]);
    assert.equal(result.exitCode, 0, result.all);
    const [stack] = JSON.parse(result.stdout) as { name: string; current: boolean }[];
    assert.deepEqual([stack?.name, stack?.current], ["dev", true]);
    assert.equal(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8"), settings);
    const { mode } = await stat(join(folder, ".state", "passphrase"));
    assert.equal(mode & 0o777, 0o600, "nobody else may read the passphrase");
  });

  it("keeps a secret that only this checkout can read", async () => {
    assert.equal((await pulumi(["config", "set", "--secret", "key", "hush"])).exitCode, 0);
    assert.ok(!(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8")).includes("hush"));
    assert.equal((await pulumi(["config", "get", "key"])).stdout, "hush");
  });

  it("works with the salt of another checkout in the settings", async () => {
    await writeFile(join(folder, "Pulumi.dev.yaml"), settings + foreignSalt);
    const result = await pulumi(["config", "set", "--secret", "key", "hush"]);
    assert.equal(result.exitCode, 0, result.all);
  });

  it("says what to do about secrets of another checkout", async () => {
    await writeFile(join(folder, "Pulumi.dev.yaml"), secret + foreignSalt);
    const result = await pulumi(["stack", "ls"]);
    assert.equal(result.exitCode, 1);
    assert.match(result.all, /Pulumi\.dev\.yaml holds secrets .* does not have\.\n.*PULUMI_CONFIG_PASSPHRASE/);
    assert.equal(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8"), secret + foreignSalt);
  });

  it("uses the passphrase that the user brings, and lets Pulumi write its salt", async () => {
    const result = await pulumi(["stack", "ls"], { PULUMI_CONFIG_PASSPHRASE: "of a team" });
    assert.equal(result.exitCode, 0, result.all);
    assert.match(await readFile(join(folder, "Pulumi.dev.yaml"), "utf8"), /^encryptionsalt: /m);
    await assert.rejects(stat(join(folder, ".state", "passphrase")), { code: "ENOENT" });
  });

  it("holds a preview to the policies of this project, and an up not", async () => {
    const asked = join(folder, "policies-were-asked");
    await mkdir(join(folder, "policies"));
    const pack = join(folder, "policies/pulumi-analyzer-todo-stack");
    await writeFile(pack, `#!/bin/sh\ntouch "\${0%/*}/../policies-were-asked"\nexit 1\n`, { mode: 0o755 });
    await pulumi(["up", "--yes", "--skip-preview"]);
    assert.ok(!existsSync(asked), "policies would slow down every up");
    for (const command of ["preview", "pre"]) {
      assert.notEqual((await pulumi([command])).exitCode, 0, "without its policies a preview must not pass");
      assert.ok(existsSync(asked), `npx pulumi ${command} must ask the policies`);
      await rm(asked);
    }
  });

  it("finds the selected stack in a checkout that is entered by a link, and in one that was moved", async () => {
    const [link, moved] = [`${folder} by a link`, `${folder} c# 100%? it's "é"`];
    assert.equal((await pulumi(["stack", "select", "--create", "demo"])).exitCode, 0);
    try {
      await symlink(folder, link);
      // As a shell does: the folder that was typed is in PWD.
      const linked = await pulumi(["stack", "--show-name"], { PWD: link });
      assert.equal(linked.stdout, "demo", linked.all);
      await rename(folder, moved);
      [folder] = [moved];
      const after = await pulumi(["stack", "--show-name"], { PWD: moved });
      assert.equal(after.stdout, "demo", after.all);
    } finally {
      await rm(link, { force: true });
    }
  });

  it("sets a kubeconfig aside that leads to another cluster, before Pulumi does anything", async () => {
    assert.equal((await pulumi(["stack", "ls"])).exitCode, 0);
    const file = join(folder, ".state/todo.kubeconfig");
    for (const command of ["preview", "up", "refresh", "destroy"]) {
      await writeFile(file, "clusters: []\n");
      const { all } = await pulumi([command, "--non-interactive"]);
      assert.match(all, /^\.state\/todo\.kubeconfig does not lead to the stack's own cluster\./m, command);
      assert.ok(!existsSync(file), `pulumi ${command} must not find it`);
      assert.ok(existsSync(`${file}.foreign`), "it must not be lost");
    }
  });

  it("renames and removes no stack whose data are being taken along, by whatever flags, and any other one", async () => {
    assert.equal((await pulumi(["stack", "ls"])).exitCode, 0);
    const file = join(folder, ".state/keep-data-dev.json");
    const saved = { file: join(folder, "backups/dev.dump"), contents: "accounts: 1, todos: 2", system: "1" };
    await writeFile(file, JSON.stringify({ loss: "cluster/todo/1", saved }));
    const refusal =
      /^The data of the stack dev are being taken along.* stay in .*dev\.dump.*\n.*npx pulumi up --stack dev/m;
    for (const line of [
      "stack rename prod",
      "stack rm dev --yes",
      "stack rm --yes --color never dev",
      "stack rm -ys dev",
    ]) {
      const { exitCode, all } = await pulumi(line.split(" "));
      assert.equal(exitCode, 1, `${line}: ${all}`);
      assert.match(all, refusal, `${line}: ${all}`);
      assert.ok(existsSync(file), line);
    }
    assert.equal((await pulumi(["destroy", "--yes", "--stack", "dev"])).exitCode, 0);
    assert.equal((await pulumi(["stack", "rename", "prod"])).exitCode, 0);
    assert.equal((await pulumi(["stack", "rm", "prod", "--yes"])).exitCode, 0);
  });

  it("ends with the exit code of Pulumi", async () => {
    const result = await pulumi(["stack", "select", "absent"]);
    assert.notEqual(result.exitCode, 0);
    assert.match(result.all, /no stack named 'absent' found/);
  });

  it("says what to type on a machine that was never set up", async () => {
    const result = await pulumi(["preview"], { XDG_CACHE_HOME: join(folder, "empty cache"), PATH: "/usr/bin:/bin" });
    assert.equal(result.exitCode, 1);
    assert.match(result.all, /^The tools of the stack are missing.*npm start.*npm run setup/);
  });
});

const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_")));
