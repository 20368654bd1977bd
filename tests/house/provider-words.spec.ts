import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { checkout } from "../../machine/paths.ts";

/** What is known only in this project's own application and commands, of which the provider must know nothing. */
const others: [string, RegExp][] = [
  ["a command of this project", /\bnpm (?:run|start|test)\b/],
  // The project's own name is allowed: marks in clusters and variables that are there already have it in theirs.
  ["its application", /\btodo(?!-stack)(?![a-z0-9])/i],
  ["its application's API", /\/api\/(?!v1\/)/],
  ["its database", /\bpg_dump\b|\bpsql\b/],
];

const ignore = ["**/node_modules/**", "**/*.md"];
const files = globSync("provider/**", { cwd: checkout, ignore });

describe("the provider", () => {
  it("names no application and no command of this project", () => {
    assert.ok(files.length > 60, `only ${files.length} files were found`);
    const found = files.flatMap((file) => {
      const lines = readFileSync(join(checkout, file), "utf8")
        .replaceAll(/\bTODO_STACK_/g, "")
        .split("\n");
      return lines.flatMap((line, index) =>
        others.filter(([, word]) => word.test(line)).map(([what]) => `${file}:${index + 1} names ${what}: ${line}`),
      );
    });
    assert.deepEqual(found, []);
  });
});
