import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../machine/paths.ts";

const text = readFileSync(join(checkout, "docs/reliability.md"), "utf8");

/** The lines of tables, as cells. */
const linesOf = (part: string): string[][] =>
  part
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (fault|what has happened|-+) /.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

/** Makes sure that one of the folders of tests has a spec with the test that a line names. */
function mustHave(test: string, folders: string[]): void {
  const [, spec = "", title = ""] = /^([\w-]+): (.+)$/.exec(test) ?? [];
  const files = folders
    .map((folder) => join(checkout, "tests", folder, `${spec}.spec.ts`))
    .filter((path) => existsSync(path));
  assert.ok(files.length > 0, `there is no spec ${spec} in ${folders.join(", ")}`);
  // A table of faults names each by `what`, and stands in a file of its own.
  const tables = spec === "failures" ? [join(checkout, "tests/stack/support/chart-faults.ts")] : [];
  const titles = [...files, ...tables].flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:it\(|what: )\s*(["`])(.*?)\1/g)].map(([, , found]) => found),
  );
  assert.ok(
    titles.some((each) => each?.replace(/^[A-Z]\d: /, "").startsWith(title)),
    `${spec} has no test whose title begins with: ${title}`,
  );
}

/** Each line of the tables names its test as `SPEC: TITLE`. */
describe("docs/reliability.md", () => {
  const [, before = "", whose = "", after = ""] = /^(.*)(\n## Whose it is\n.*?)(\n## .*)$/s.exec(text) ?? [];
  const rows = linesOf(`${before}${after}`);

  it("has a line for each way in which a cluster and its stack may lose sight of each other", () => {
    assert.ok(linesOf(whose).length >= 15, "repair this test if that table is written otherwise now");
  });

  for (const [, event = "", , test = ""] of linesOf(whose)) {
    it(`finds the test of: ${event}`, () =>
      mustHave(test, ["provider/cluster", "provider/resources", "provider/resources/cluster"]));
  }

  it("has a line for each fault", () => {
    assert.ok(
      rows.length > 30,
      `the tables have ${rows.length} lines: repair this test if they are written otherwise now`,
    );
  });

  for (const [, fault = "", , time, test = ""] of rows) {
    it(`finds the test of: ${fault}`, () => {
      mustHave(test, ["e2e", "stack", "cluster", "full/e2e", "full/stack", "full/load"]);
      assert.match(
        time ?? "",
        /^(\d+( to \d+)? s|—)$/,
        "it must say how long it took to recover, or that there is nothing to",
      );
    });
  }
});
