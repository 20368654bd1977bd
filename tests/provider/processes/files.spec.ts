import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { readIfPossible, readIfThere, readJson } from "../../../provider/processes/files.ts";

describe("reading a file that may be missing", () => {
  it("gives the text of one that is there", async () => {
    await using folder = await createFixture({ file: "[1]" });
    const file = folder.getPath("file");
    assert.equal(readIfThere(file), "[1]");
    assert.equal(readIfPossible(file), "[1]");
    assert.deepEqual(readJson(file), [1]);
  });

  it("gives nothing where there is none", async () => {
    await using folder = await createFixture();
    for (const read of [readIfThere, readIfPossible, readJson]) assert.equal(read(folder.getPath("file")), undefined);
  });

  it("fails on one that is there and cannot be read, unless the caller does not care", async () => {
    await using folder = await createFixture({ "folder/file": "{" });
    assert.throws(() => readIfThere(folder.getPath("folder")), { code: "EISDIR" });
    assert.equal(readIfPossible(folder.getPath("folder")), undefined);
    assert.equal(readJson(folder.getPath("folder/file")), undefined);
  });
});
