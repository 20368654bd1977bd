import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../toolchain/paths.ts";

/** Each line of the tables names its test as `SPEC: TITLE`. */
describe("docs/reliability.md", () => {
  const rows = readFileSync(join(checkout, "docs/reliability.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (fault|-+) /.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  it("has a line for each fault", () => {
    assert.ok(
      rows.length > 30,
      `the tables have ${rows.length} lines: mend this test if they are written otherwise now`,
    );
  });

  for (const [, fault = "", , time, test = ""] of rows) {
    it(`finds the test of: ${fault}`, () => {
      const [, spec = "", title = ""] = /^([\w-]+): (.+)$/.exec(test) ?? [];
      const files = ["e2e", "stack", "full/e2e", "full/stack"]
        .map((folder) => join(checkout, "tests", folder, `${spec}.spec.ts`))
        .filter((path) => existsSync(path));
      assert.ok(files.length > 0, `there is no spec ${spec} on a real cluster`);
      // A table of faults names each by `what`.
      const titles = files.flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/\b(?:it\(|what: )\s*(["`])(.*?)\1/g)].map(([, , text]) => text),
      );
      assert.ok(
        titles.some((each) => each?.replace(/^[A-Z]\d: /, "").startsWith(title)),
        `${spec} has no test whose title begins with: ${title}`,
      );
      assert.match(
        time ?? "",
        /^(\d+( to \d+)? s|—)$/,
        "it must say how long it took to recover, or that there is nothing to",
      );
    });
  }
});
