import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../toolchain/paths.ts";

const row = /^\| (?<id>[A-Z]\d) +\| (?<what>.+?) +\| (?<title>.+?) +\| (?:\[.+\]\(\.\.\/(?<file>.+)\))? *\|$/;

describe("docs/requirements.md", () => {
  const lines = readFileSync(join(checkout, "docs/requirements.md"), "utf8").split("\n");
  const rows = lines.filter((line) => /^\| [A-Z]\d /.test(line)).map((line) => row.exec(line)?.groups);

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
