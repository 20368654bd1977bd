import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { mustOverwriteNoSettings } from "../../pulumi/rename.ts";

describe("the settings of a stack that is renamed", () => {
  const files = { "Pulumi.dev.yaml": "config:\n  todo-stack:port: 1\n", "Pulumi.prod.yaml": "config: {}\n" };

  for (const line of [
    "stack rename prod",
    "stack rename --stack dev prod",
    "stack rename organization/todo-stack/prod -s dev",
    "--color never stack rename prod",
  ]) {
    it(`are not written over those of the new name: ${line}`, async () => {
      await using folder = await createFixture(files);
      assert.throws(() => mustOverwriteNoSettings(line.split(" "), "dev", folder.path), {
        message:
          /dev cannot be renamed to prod: .* Pulumi\.dev\.yaml over Pulumi\.prod\.yaml[^]*mv Pulumi\.prod\.yaml Pulumi\.prod\.yaml\.before/,
      });
    });
  }

  it("go along where nothing is in the way, or there are none", async () => {
    await using folder = await createFixture(files);
    for (const [line, stack] of [
      ["stack rename new", "dev"],
      ["stack rename dev", "dev"],
      ["stack rename prod", "other"],
      ["stack rename", "dev"],
    ] as const) {
      mustOverwriteNoSettings(line.split(" "), stack, folder.path);
    }
  });
});
