import assert from "node:assert/strict";
import { chmod, cp, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { executables, restoreModes } from "../../machine/executables.ts";
import { checkout } from "../../machine/paths.ts";

describe("the executables of a checkout", () => {
  it("are those of which Git knows it, but for what npm and CI start themselves, and what is copied", async () => {
    const { stdout } = await execa("git", ["ls-files", "--stage"], { cwd: checkout });
    const known = stdout.split("\n").flatMap((line) => /^100755 \S+ \d+\t(.*)$/.exec(line)?.slice(1) ?? []);
    const copied = "machine/no-logins/docker-credential-no-logins";
    const others = [".ci/run", "cli/bin/pulumi.mjs", copied];
    assert.deepEqual(executables.toSorted(), known.filter((name) => !others.includes(name)).toSorted());
  });

  it("are made executable again where a clone or an archive has lost that, for who may read them", async () => {
    await using folder = await createFixture();
    for (const name of executables) {
      await mkdir(dirname(folder.getPath(name)), { recursive: true });
      await cp(join(checkout, name), folder.getPath(name));
    }
    const [first = "", second = "", ...others] = executables;
    await chmod(folder.getPath(first), 0o640);
    for (const name of others) await chmod(folder.getPath(name), 0o644);
    await chmod(folder.getPath(second), 0o700);
    restoreModes(folder.path);
    const modeOf = async (name: string): Promise<string> =>
      ((await stat(folder.getPath(name))).mode & 0o777).toString(8);
    assert.deepEqual(await Promise.all([first, second].map(modeOf)), ["750", "700"]);
    for (const name of others) assert.equal(await modeOf(name), "755", name);
  });
});
