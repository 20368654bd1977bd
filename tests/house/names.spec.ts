import assert from "node:assert/strict";
import { posix } from "node:path";
import { globSync } from "tinyglobby";
import { checkout } from "../../machine/paths.ts";

/**
 * Names that a framework or a custom gives: Next.js's files of a route, the parts of a FastAPI package, the entry
 * points of programs, and the settings of tools.
 */
const customs = /^(index|main|page|route|__init__|__main__|models|routes|schemas|service|(eslint|vitest)\.config)\./;

const ignore = ["**/node_modules/**", "**/.venv/**", "**/.next/**", ".state/**"];
const sources = globSync(["**/*.{ts,tsx,mjs,py}"], { cwd: checkout, ignore });
const isTest = (file: string): boolean => /(^|\/)tests\//.test(file);

describe("the files", () => {
  it("have names that tell them apart, outside the tests", () => {
    const places = new Map<string, string[]>();
    for (const file of sources.filter((each) => !isTest(each))) {
      const name = posix.basename(file);
      if (!customs.test(name)) places.set(name, [...(places.get(name) ?? []), file]);
    }
    assert.ok(places.size > 400, `only ${places.size} names were found`);
    const twice = [...places.values()].filter((files) => files.length > 1).map((files) => files.join(" and "));
    assert.deepEqual(twice, [], "give each of these a name that says what it holds");
  });

  it("do not lie more than twenty in a folder, those of the applications and the tests among them", () => {
    const counts = new Map<string, number>();
    for (const file of sources) counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > 20).map(([folder, count]) => `${folder}: ${count} files`);
    assert.deepEqual(large, [], "put what belongs together into a folder of its own");
  });
});
