import assert from "node:assert/strict";
import { join } from "node:path";
import { execa } from "execa";
import { checkout } from "../../toolchain/paths.ts";

/** Each exit code of `npm run scan` has a meaning; a mistyped one must have none of the others. */
describe("the commands", () => {
  for (const args of [["scan", "--jsn"], ["scan", "backend"], ["deploy"], []]) {
    it(`refuse ${JSON.stringify(args)} with exit code 2, and say what there is`, async () => {
      const result = await execa("node", [join(checkout, "toolchain/main.ts"), ...args], { reject: false });
      assert.equal(result.exitCode, 2, result.stderr);
      assert.match(result.stderr, /npm run scan/);
      assert.doesNotMatch(result.stderr, /^\s+at /m, "an error for the user has no stack trace");
    });
  }
});
