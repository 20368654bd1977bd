import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { fillInPlace } from "../../machine/in-place.ts";

describe("filling a folder in place", () => {
  it("shows the folder only when it is complete", async () => {
    await using parent = await createFixture();
    const folder = parent.getPath("tool-1.0.0");
    await fillInPlace(folder, async (draft) => {
      await writeFile(join(draft, "half"), "");
      assert.equal(existsSync(folder), false, "a half-filled folder must not be at its final place");
    });
    assert.deepEqual(await readdir(folder), ["half"]);
  });

  it("leaves nothing behind when it fails", async () => {
    await using parent = await createFixture();
    await assert.rejects(
      fillInPlace(parent.getPath("tool-1.0.0"), async (draft) => {
        await writeFile(join(draft, "half"), "");
        throw new Error("the network went away");
      }),
      /the network went away/,
    );
    assert.deepEqual(await readdir(parent.path), []);
  });

  it("does nothing when the folder exists", async () => {
    await using parent = await createFixture({ "tool-1.0.0/kept": "" });
    await fillInPlace(parent.getPath("tool-1.0.0"), () => Promise.reject(new Error("must not be called")));
  });

  it("removes what a killed run left, and leaves alone what another run is filling", async () => {
    const dead = 2 ** 22 + 1; // above the largest process id of Linux
    await using parent = await createFixture({
      [`tool-1.0.0.partial-${dead}/half`]: "",
      [`tool-1.0.0.partial-${process.ppid}/half`]: "",
    });
    await fillInPlace(parent.getPath("tool-1.0.0"), () => Promise.resolve());
    assert.deepEqual((await readdir(parent.path)).sort(), ["tool-1.0.0", `tool-1.0.0.partial-${process.ppid}`]);
  });

  it("is content with what another run has put there in the meantime", async () => {
    await using parent = await createFixture();
    const folder = parent.getPath("tool-1.0.0");
    await fillInPlace(folder, async (draft) => {
      await writeFile(join(draft, "ours"), "");
      await mkdir(folder);
      await writeFile(join(folder, "theirs"), "");
    });
    assert.deepEqual(await readdir(parent.path), ["tool-1.0.0"]);
    assert.deepEqual(await readdir(folder), ["theirs"]);
  });
});
