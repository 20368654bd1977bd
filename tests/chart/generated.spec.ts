import assert from "node:assert/strict";
import { readmeOf, schemaOf } from "../../charts/generate.ts";
import { readChartFile } from "./support/render.ts";

const STALE = "is not what values.yaml gives: run `node charts/generate.ts`";

describe("chart: files generated from values.yaml", () => {
  it("H2: the schema is up to date", async () => {
    const values = await readChartFile("values.yaml");
    assert.equal(await readChartFile("values.schema.json"), await schemaOf(values), `values.schema.json ${STALE}`);
  });

  it("H2: the table in the README is up to date", async () => {
    const readme = await readChartFile("README.md");
    assert.equal(readme, await readmeOf(readme, await readChartFile("values.yaml")), `README.md ${STALE}`);
  });

  it("a value without a description is refused by name", () => {
    assert.throws(() => schemaOf("a:\n  # -- Known.\n  b: 1\n  c: 2\n"), /a\.c in values\.yaml has no description/);
  });

  it("types, keywords and closed objects follow from values and comments", async () => {
    const text = await schemaOf(
      "a:\n  # @schema minimum: 1\n  # -- Many,\n  # or few.\n  b: 1\n  # -- On.\n  c: true\n",
    );
    const { properties } = JSON.parse(text) as { properties: unknown };
    assert.deepEqual(properties, {
      a: {
        type: "object",
        additionalProperties: false,
        properties: {
          b: { type: "integer", minimum: 1, description: "Many, or few." },
          c: { type: "boolean", description: "On." },
        },
      },
    });
  });
});
