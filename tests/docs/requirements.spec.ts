import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { checkout } from "../../machine/paths.ts";

const row = /^\| (?<id>[A-Z]\d) +\| (?<what>.+?) +\| (?<title>.+?) +\| (?:\[.+\]\(\.\.\/(?<file>.+)\))? *\|$/;

describe("docs/requirements.md", () => {
  const lines = readFileSync(join(checkout, "docs/requirements.md"), "utf8").split("\n");
  const only = lines.indexOf("## Only in the full tests");
  const idRows = (part: string[]): string[] => part.filter((line) => /^\| [A-Z]\d /.test(line));
  const rows = idRows(lines.slice(0, only)).map((line) => row.exec(line)?.groups);

  it("names every requirement once", () => {
    const counts = { U: 8, I: 6, H: 7, C: 6, P: 5, S: 5, O: 5, W: 4, A: 3 };
    const ids = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    assert.deepEqual(
      rows.map((each) => each?.["id"]),
      ids,
    );
  });

  it("says of every requirement that npm test does not try why that is, and of no other", () => {
    const tested = idsOfTests();
    const untested = rows
      .filter((each) => each?.["file"] !== undefined && !tested.has(each["id"] ?? ""))
      .map((each) => each?.["id"]);
    const excused = idRows(lines.slice(only)).map((line) => /^\| (\w\d) +\| \S.{20,} \|$/.exec(line)?.[1]);
    assert.deepEqual(excused, untested);
  });

  for (const each of rows) {
    const { id = "", title = "", file } = each ?? {};
    if (file === undefined) {
      it(`says that ${id} has no test yet`, () => assert.equal(title, "none yet"));
      continue;
    }
    it(`finds the test of ${id}`, () => {
      const source = readFileSync(join(checkout, file), "utf8");
      if (title.startsWith(`test_${id.toLowerCase()}_`)) {
        assert.match(source, new RegExp(`def ${title}\\(`), `${file} has no test ${title}`);
        return;
      }
      // The quote before it makes it a title. Some titles carry a second id, some no colon.
      const found = [...source.matchAll(/\b(?:it|describe)\(\s*(["`])(?<title>.*?)\1/g)].some(
        (match) =>
          match.groups?.["title"]?.includes(title) && new RegExp(`^[A-Z0-9, ]*\\b${id}\\b`).test(match[2] ?? ""),
      );
      assert.ok(found, `${file} has no test whose title starts with ${id} and says: ${title}`);
    });
  }
});

/** The ids with which titles of tests begin that `npm test` runs. */
function idsOfTests(): Set<string> {
  const specs = globSync("tests/**/*.spec.ts", { cwd: checkout, ignore: "tests/full/**", absolute: true });
  const titles = specs.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:it|describe)\(\s*["`]((?:[A-Z]\d(?:, )?)+):/g)].map(([, ids]) => ids),
  );
  const backend = globSync("apps/backend/tests/**/*.py", { cwd: checkout, absolute: true }).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/def test_([a-z]\d)_/g)].map(([, id]) => id?.toUpperCase()),
  );
  return new Set([...titles, ...backend].flatMap((ids) => ids?.split(", ") ?? []));
}
