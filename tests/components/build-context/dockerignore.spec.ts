import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { filesIn } from "../../../components/build-context/content-hash.ts";
import { ignoreRules, rulesIn } from "../../../components/build-context/dockerignore.ts";
import { drawContext } from "../../helpers/build-context.ts";

/** Lines of a `.dockerignore`, what they leave out, and what they let in. Each was asked of BuildKit's own reader. */
const cases: [title: string, text: string, out: string[], within: string[]][] = [
  ["case", "**/TODO*", ["TODO.md", "src/TODOS"], ["src/todos/service.py", "todo.md"]],
  ["an exact name", "a", ["a", "a/b", "a/b/c"], ["b/a", "ab", "A"]],
  ["a slash at an end", "/a/\nb/", ["a", "a/b", "b/c"], ["c/a"]],
  ["a path that is not the shortest", "./a/../b//c/.", ["b/c", "b/c/d"], ["a", "b/d"]],
  ["the context itself", ".\n/", [], ["a", "a/b"]],
  ["* within one folder", "*.py", ["a.py"], ["b/a.py", "a.pyc"]],
  ["* for all", "*", ["a", "a/b"], []],
  ["? for one character", "a?", ["ab", "aé", "a🎉"], ["a", "abc"]],
  ["** for any folders", "**/a", ["a", "b/a", "b/c/a", "b/a/c"], ["ab", "b/ca"]],
  ["** at the end", "a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]],
  ["** in the middle", "a/**/c", ["a/c", "a/b/c", "a/b/d/c"], ["a", "c", "b/a/c"]],
  ["** before a part of a name", "**c", ["c", "a/c", "abc"], ["ca"]],
  ["** twice", "**/a/**", ["b/a/c", "a/c"], ["b/c"]],
  ["** alone", "**", ["a", "a/b"], []],
  ["a class", "[a-c]x", ["ax", "cx"], ["dx", "ax1"]],
  ["all but a class", "[^a]x", ["bx"], ["ax"]],
  ["an escaped star", "a\\*", ["a*"], ["ab"]],
  [
    "what expressions give a meaning",
    "a+b\n(c)\nd.e\n$f\n{g}|h",
    ["a+b", "(c)", "d.e", "$f", "{g}|h"],
    ["aab", "c", "dxe"],
  ],
  ["an escaped backslash", "a\\\\b", ["a\\b"], ["ab", "a\\\\b"]],
  ["a name that it escapes needlessly", "\\!a\n\\#b", ["!a", "#b"], ["a", "b", "\\!a"]],
  ["named classes", "[[:digit:]]x\n[^[:alpha:].]y", ["1x", "1y"], ["ax", "ay", ".y"]],
  [
    "escapes of Go's expressions, such as \\d in a path of Windows",
    "src\\data",
    ["src1ata"],
    ["src/data", "src\\data"],
  ],
  [
    "| and { }, which BuildKit escapes only without another wildcard",
    "a|b?\nc{2}*\nd|e",
    ["a", "xb1", "cc"],
    ["b", "d"],
  ],
  ["spaces that stand before what cleaning takes away", "a /.", ["a", "a/b"], ["a "]],
  ["an exception", "*\n!a", ["b"], ["a", "a/b"]],
  ["the last line that matches", "!a\na\n!a/b\na/b/c", ["a", "a/x", "a/b/c"], ["a/b", "a/b/d"]],
  ["an exception with spaces", "*\n!  a  ", ["b"], ["a"]],
  ["an exception from a pattern", "*.md\n!READ*.md\nREADME-secret.md", ["a.md", "README-secret.md"], ["README.md"]],
  ["an exception for what its folder was not left out by", "a/b\n!a", ["a/b"], ["a", "a/c"]],
  ["comments and empty lines", "# a\n\n  \n#b", [], ["a", "b", "# a", "#b"]],
  ["no comment", " # a", ["# a"], ["a"]],
  ["spaces around, and within", "  a b  ", ["a b"], ["a", "b"]],
  ["the ends of lines on Windows", "a\r\n!b\r\n", ["a"], ["b", "a\r"]],
  ["a mark of the order of bytes", "\uFEFFa\n\uFEFFb", ["a", "\uFEFFb"], ["b"]],
  ["other scripts", "é*\n买", ["été", "买"], ["ete", "买1"]],
  ["names of editors", "**/.#*\n**/[#]*#\n**/*~", [".#a", "b/.#a", "#a#", "b/#a#", "a~"], ["a#", "#a"]],
];

const foldersOf = (path: string): string[] => {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};

describe("a .dockerignore", () => {
  for (const [title, text, out, within] of cases) {
    it(`is read as BuildKit reads it: ${title}`, () => {
      const rules = rulesIn(text);
      assert.deepEqual(
        out.filter((path) => !rules.ignores(path)),
        [],
        "must be left out",
      );
      assert.deepEqual(
        within.filter((path) => rules.ignores(path)),
        [],
        "must be let in",
      );
    });
  }

  it("lets in what BuildKit's client sends, in a thousand drawn contexts", () => {
    const answers = readFileSync(join(import.meta.dirname, "dockerignore-answers.txt"), "utf8");
    const lines = answers.split("\n").filter((line) => /^\d/.test(line));
    assert.equal(lines.length, 1_000);
    for (const line of lines) {
      const [seed = "", indices = ""] = line.split(/: ?/);
      const { files, links, rules } = drawContext(Number(seed));
      const paths = [...files, ...Object.keys(links)];
      const { ignores, prunes } = rulesIn(rules["Dockerfile.dockerignore"] ?? rules[".dockerignore"] ?? "");
      const sent = paths.filter((path) => !foldersOf(path).some(prunes) && !ignores(path));
      const expected = indices.split(" ").flatMap((index) => (index === "" ? [] : [paths[Number(index)]]));
      assert.deepEqual(sent, expected, `seed ${seed}: ${JSON.stringify(rules)}`);
    }
  });

  for (const line of ["[", "[a", "[]a]", "[-a]", "[b-a]", "a\\", "!", "\\q", "[[:no:]]", "*[\\S]"]) {
    it(`is refused with a line that Docker refuses, or that means something else to it: ${line}`, () => {
      assert.throws(
        () => rulesIn(`ok\n${line}`, "apps/.dockerignore"),
        (error: Error) => error.message.startsWith(`apps/.dockerignore has a line that is no pattern: ${line}.`),
      );
    });
  }

  it("keeps out of folders that hold no exception, and looks into those that may", () => {
    const plain = rulesIn("*\n!src/app\n!data/**");
    assert.deepEqual(
      ["node_modules", "src", "src/app", "src/other", "data"].map((folder) => plain.prunes(folder)),
      [true, false, false, true, false],
    );
    assert.equal(rulesIn("*\n!**/*.py").prunes("node_modules"), false, "a file in it may be an exception");
  });

  it("goes after the one beside the Dockerfile that has its name", async () => {
    await using context = await createFixture({ ".dockerignore": "a", "Dockerfile.dockerignore": "b", a: "", b: "" });
    const rules = ignoreRules(context.path);
    assert.deepEqual([rules.ignores("a"), rules.ignores("b")], [false, true]);
    assert.equal(ignoreRules(context.path, context.getPath("other")).ignores("a"), true);
  });

  it("lets a folder that nobody may read be left out", async function () {
    await using context = await createFixture({ ".dockerignore": "*\n!b*", b: "" });
    await mkdir(context.getPath("locked"));
    await writeFile(context.getPath("locked/file"), "");
    await chmod(context.getPath("locked"), 0);
    try {
      assert.deepEqual(filesIn(context.path, ignoreRules(context.path)), ["b"]);
    } finally {
      await chmod(context.getPath("locked"), 0o755);
    }
  });
});
