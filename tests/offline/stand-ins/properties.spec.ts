import assert from "node:assert/strict";
import { unknown } from "../../../provider/engine/marks.ts";
import { hasSecrets, hasUnknowns, keepSecrets, revealAll, secret } from "../../../offline/stand-ins/properties.ts";

describe("stand-ins: properties", () => {
  it("reveals secrets at any depth", () => {
    const properties = { a: secret({ b: secret("x") }), c: [secret(1), 2] };
    assert.deepEqual(revealAll(properties), { a: { b: "x" }, c: [1, 2] });
  });

  it("finds unknowns and secrets at any depth", () => {
    assert.equal(hasUnknowns({ a: [{ b: unknown }] }), true);
    assert.equal(hasUnknowns({ a: [{ b: "known" }] }), false);
    assert.equal(hasSecrets({ a: [secret("x")] }), true);
    assert.equal(hasSecrets({ a: ["x"] }), false);
  });

  it("makes no secret of a secret", () => {
    assert.deepEqual(secret(secret("x")), secret("x"));
  });

  for (const { what, outputs, inputs, expected } of [
    { what: "a plain input", outputs: { a: 1 }, inputs: { a: 1 }, expected: { a: 1 } },
    { what: "a secret input", outputs: { a: 1 }, inputs: { a: secret(1) }, expected: { a: secret(1) } },
    {
      what: "a secret inside",
      outputs: { a: { b: 1, c: 2 } },
      inputs: { a: { b: secret(1) } },
      expected: { a: { b: secret(1), c: 2 } },
    },
    {
      what: "a secret in a list",
      outputs: { a: [1, 2] },
      inputs: { a: [1, secret(2)] },
      expected: { a: secret([1, 2]) },
    },
    { what: "an input without output", outputs: {}, inputs: { a: secret(1) }, expected: {} },
  ])
    it(`gives outputs the secretness of inputs: ${what}`, () => {
      assert.deepEqual(keepSecrets(outputs, inputs), expected);
    });
});
