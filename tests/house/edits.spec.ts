import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../../machine/paths.ts";
import { edits } from "../stack/support/edits.ts";

/** Those tests come late in a long run, so a text that is not there any more is found here. */
describe("the texts that tests on a cluster change", () => {
  for (const [name, { file, text }] of Object.entries(edits)) {
    it(`has ${name} in ${file}`, async () => {
      const content = await readFile(join(checkout, file), "utf8");
      assert.ok(content.includes(text), `${file} must have: ${text}`);
    });
  }
});
