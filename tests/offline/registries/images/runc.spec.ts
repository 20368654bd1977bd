import assert from "node:assert/strict";
import { chmod, copyFile, readFile } from "node:fs/promises";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import which from "which";
import { lacksSysResource } from "../../../../offline/registries/images/capabilities.ts";
import { runcScript } from "../../../../offline/registries/images/folders.ts";

const process = {
  args: ["sleep"],
  capabilities: { bounding: ["CAP_CHOWN", "CAP_SYS_RESOURCE"], effective: ["CAP_SYS_RESOURCE"] },
  oomScoreAdj: -999,
  rlimits: [
    { type: "RLIMIT_NOFILE", hard: 2 ** 40, soft: 2 ** 40 },
    { type: "RLIMIT_NPROC", hard: 5, soft: 5 },
  ],
};

/** Runs the script before a runc that only says with what it was called. */
const runScript = async (args: string[]): Promise<{ bundle: unknown; exec: unknown; called: string }> => {
  await using fixture = await createFixture({
    "bundle/config.json": JSON.stringify({ process, root: { path: "rootfs" } }),
    "exec.json": JSON.stringify(process),
    "runc.real": '#!/bin/sh\necho "$@"\n',
  });
  await chmod(fixture.getPath("runc.real"), 0o755);
  await copyFile(runcScript, fixture.getPath("runc"));
  const { stdout } = await execa("sh", [fixture.getPath("runc"), ...args], { cwd: fixture.path });
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(fixture.getPath(name), "utf8"));
  return { bundle: await json("bundle/config.json"), exec: await json("exec.json"), called: stdout };
};

describe("the script that stands before runc", () => {
  before(async function () {
    if (globalThis.process.platform !== "linux" || (await which("jq", { nothrow: true })) === null) this.skip();
  });

  it("passes every argument on", async () => {
    const { called } = await runScript(["--log", "a b", "create", "--bundle", "bundle", "name"]);
    assert.equal(called, "--log a b create --bundle bundle name");
  });

  it("takes out of a container what root here may not grant, and nothing else", async () => {
    const { bundle, exec } = await runScript(["create", "--bundle", "bundle", "name"]);
    if (!lacksSysResource()) {
      assert.deepEqual(bundle, { process, root: { path: "rootfs" } }, "a configuration that works was changed");
      return;
    }
    assertMended((bundle as { process: typeof process }).process);
    assert.deepEqual((bundle as { root: unknown }).root, { path: "rootfs" });
    assert.deepEqual(exec, process, "a file that was not named was changed");
  });

  it("does the same for a command in a running container", async function () {
    if (!lacksSysResource()) this.skip();
    const { exec } = await runScript(["exec", "--process", "exec.json", "name"]);
    assertMended(exec as typeof process);
  });
});

const assertMended = (actual: typeof process): void => {
  assert.deepEqual(actual.capabilities, { bounding: ["CAP_CHOWN"], effective: [] });
  assert.deepEqual(actual.args, process.args);
  assert.ok(actual.oomScoreAdj > process.oomScoreAdj, "the score would be lowered, which needs the capability");
  const [files, ...others] = actual.rlimits;
  assert.ok(
    files !== undefined && files.hard < 2 ** 40 && files.soft <= files.hard,
    "the limit of files would be raised",
  );
  assert.deepEqual(others, [], "a limit that only root may set is still there");
};
