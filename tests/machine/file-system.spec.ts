import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { fileSystemProblem } from "../../machine/file-system.ts";
import { checkout } from "../../machine/paths.ts";

const failed = (code: string, path?: string): Error => Object.assign(new Error(code), { code, path });

describe("trouble with the file system", () => {
  for (const [code, what, next] of [
    ["ENOSPC", /^\/disk\/file cannot be written: no space is left/, /df -h \/disk.*docker system df/],
    ["EDQUOT", /^\/disk\/file cannot be written: no space is left/, /df -h \/disk/],
    ["EROFS", /^\/disk\/file cannot be written: its file system is read-only/, /XDG_CACHE_HOME/],
    ["EACCES", /^\/disk\/file cannot be used by this user/, /sudo chown -R \$\(id -u\) \/disk/],
    ["EPERM", /^\/disk\/file cannot be used by this user/, /ls -ld \/disk/],
    ["EMFILE", /no more files be opened/, /ulimit -n/],
  ] as const) {
    it(`is told without a stack, with what to type: ${code}`, () => {
      const problem = fileSystemProblem(failed(code, "/disk/file"));
      const [first = "", second = ""] = problem?.message.split("\n") ?? [];
      assert.match(first, what);
      assert.match(second, next);
    });
  }

  it("names a folder as it can be pasted", () => {
    const told = fileSystemProblem(failed("EACCES", "/a disk/file"))?.message ?? "";
    assert.match(told, /ls -ld '\/a disk'\. .*sudo chown -R \$\(id -u\) '\/a disk'/);
  });

  it("is told where nobody knows which file it is", () => {
    assert.match(fileSystemProblem(failed("ENOSPC"))?.message ?? "", /^A file cannot be written/);
  });

  it("is no other error", () => {
    assert.equal(fileSystemProblem(failed("ECONNREFUSED")), undefined);
    assert.equal(fileSystemProblem("text"), undefined);
  });

  it("is told by the commands", async function () {
    this.timeout("2m");
    if (process.platform !== "linux") this.skip();
    // Nobody can make a folder there, root included.
    const { exitCode, stderr } = await execa(process.execPath, [join(checkout, "cli/main.ts"), "setup"], {
      env: { XDG_CACHE_HOME: "/sys/nobody" },
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /\/sys\/nobody.* cannot be /);
    assert.doesNotMatch(stderr, /^ {4}at /m);
  });
});
