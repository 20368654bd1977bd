import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { packagesAreInstalled, samePackages } from "../../setup/packages.mjs";

const locked = {
  "": { version: "1.0.0" },
  toolchain: { version: "0.1.0" },
  "node_modules/a": { version: "1.0.0" },
  "node_modules/for-another-platform": { version: "2.0.0", optional: true },
};

describe("whether npm packages are installed", () => {
  for (const [title, installed, expected] of [
    ["all but another platform's", { "node_modules/a": { version: "1.0.0" } }, true],
    ["one missing", {}, false],
    ["one of an older version", { "node_modules/a": { version: "0.9.0" } }, false],
    ["one too many", { "node_modules/a": { version: "1.0.0" }, "node_modules/removed": { version: "1.0.0" } }, false],
    [
      "an optional one of an older version",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/for-another-platform": { version: "1.0.0" } },
      false,
    ],
  ] as const) {
    it(`${title}: ${expected ? "yes" : "no"}`, () => {
      assert.equal(samePackages(locked, installed), expected);
    });
  }

  it("not without node_modules, nor with an install that was interrupted", async () => {
    await using folder = await createFixture({
      "package-lock.json": JSON.stringify({ packages: locked }),
      "node_modules/a/package.json": "{}",
    });
    assert.equal(packagesAreInstalled(folder.path), false);
  });
});
