import assert from "node:assert/strict";
import { compare, isWithin, notation } from "../../../offline/stand-ins/diff.ts";
import type { Changes } from "../../../offline/stand-ins/diff.ts";
import { unknown } from "../../../provider/engine/marks.ts";
import type { Properties } from "../../../offline/stand-ins/properties.ts";

interface Case {
  what: string;
  actual: Properties;
  wanted: Properties;
  before?: Properties;
  expected: Changes;
}

const cases: Case[] = [
  { what: "nothing", actual: { a: { b: [1] } }, wanted: { a: { b: [1] } }, expected: {} },
  { what: "a new property", actual: {}, wanted: { a: 1 }, expected: { a: "add" } },
  { what: "another value", actual: { a: { b: 1 } }, wanted: { a: { b: 2 } }, expected: { "a.b": "update" } },
  { what: "what the server added", actual: { a: 1, uid: "x" }, wanted: { a: 1 }, expected: {} },
  { what: "what is no longer wanted", actual: { a: 1 }, wanted: {}, before: { a: 1 }, expected: { a: "delete" } },
  { what: "an unknown", actual: { a: 1 }, wanted: { a: unknown }, expected: { a: "update" } },
  { what: "a new unknown", actual: {}, wanted: { a: unknown }, expected: { a: "add" } },
  { what: "one item of a list", actual: { a: [1, 2] }, wanted: { a: [1, 3] }, expected: { "a[1]": "update" } },
  { what: "a longer list", actual: { a: [1] }, wanted: { a: [1, 2] }, expected: { "a[1]": "add" } },
  { what: "a shorter list", actual: { a: [1, 2] }, wanted: { a: [1] }, expected: { "a[1]": "delete" } },
  { what: "another type", actual: { a: "1" }, wanted: { a: { b: 1 } }, expected: { a: "update" } },
  { what: "a null for nothing", actual: {}, wanted: { a: null }, expected: {} },
];

describe("stand-ins: diff", () => {
  for (const { what, actual, wanted, before = {}, expected } of cases)
    it(`sees ${what}`, () => assert.deepEqual(compare(actual, wanted, before), expected));

  it("writes paths in Pulumi's notation", () => {
    assert.equal(
      notation(["metadata", "labels", "app.kubernetes.io/name"]),
      'metadata.labels["app.kubernetes.io/name"]',
    );
    assert.equal(notation(["a", 0, "b"]), "a[0].b");
  });

  it("knows what is inside a property and what only starts like it", () => {
    assert.equal(isWithin("data.PASSWORD", ["data"]), true);
    assert.equal(isWithin('data["a.b"]', ["data"]), true);
    assert.equal(isWithin("dataSource", ["data"]), false);
  });
});
