import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import { hashOf, hashOfFiles } from "../../../../offline/registries/images/hash.ts";

describe("the hash that names an image", () => {
  it("is another one for other inputs, and the same for the same", () => {
    assert.equal(hashOf(["a"], "b"), hashOf(["a"], "b"));
    assert.notEqual(hashOf(["a"], "b"), hashOf(["a", "b"]), "inputs run into each other");
  });

  it("follows contents and names of files, in folders within folders", async () => {
    await using fixture = await createFixture({ "recipe/hook.sh": "one", "recipe/deep/part": "two" });
    const folder = fixture.getPath("recipe");
    const before = hashOfFiles(folder);
    assert.equal(hashOfFiles(folder), before);
    await writeFile(fixture.getPath("recipe/deep/part"), "three");
    const edited = hashOfFiles(folder);
    assert.notEqual(edited, before, "an edited file did not change the hash");
    await rename(fixture.getPath("recipe/deep/part"), fixture.getPath("recipe/deep/other"));
    assert.notEqual(hashOfFiles(folder), edited, "a renamed file did not change the hash");
  });
});
