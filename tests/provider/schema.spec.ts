import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { schemaText } from "../../provider/generate-schema.ts";
import { readSchema } from "../../provider/schema.ts";
import type { PackageSchema } from "../../provider/schema.ts";
import { checkout } from "../../machine/paths.ts";

const schema = JSON.parse(readSchema()) as PackageSchema;

describe("the schema of the provider", function () {
  // It takes the compiler.
  this.timeout("2m");

  it("is that of the types which the resources take and give", async () => {
    assert.equal(readSchema(), await schemaText(), "it is old. Type: node provider/generate-schema.ts");
  });

  it("has a version and words for every resource", () => {
    assert.match(schema.version, /^\d+\.\d+\.\d+$/);
    for (const [token, { description = "" }] of Object.entries(schema.resources)) {
      assert.ok(description.length > 20, `${token} has no doc comment at its class`);
    }
  });

  describe("and the classes of the program", () => {
    const texts = globSync("components/lib/*.ts", { cwd: checkout }).map((file) =>
      readFileSync(join(checkout, file), "utf8"),
    );
    const classes = texts
      .flatMap((text) => text.split(/^export class /m).slice(1))
      .flatMap((text) => {
        const [, token] = /super\("(minikube:index:\w+)"/.exec(text) ?? [];
        return token === undefined ? [] : [{ token, text }];
      });

    it("are of the same resources", () => {
      assert.deepEqual(classes.map(({ token }) => token).toSorted(), Object.keys(schema.resources));
    });

    for (const { token, text } of classes) {
      it(`name only outputs that ${token} has, with their types`, () => {
        const { properties = {}, required = [] } = schema.resources[token] ?? {};
        for (const [, name = "", type = ""] of text.matchAll(/declare readonly (\w+): pulumi\.Output<(.+)>;/g)) {
          const kinds = { string: "string", number: "integer", boolean: "boolean", "string[]": "array" };
          const [kind = "", optional] = type.split(" | ");
          assert.equal(properties[name]?.type, kinds[kind as keyof typeof kinds], `${token} ${name}`);
          assert.equal(optional === undefined, required.includes(name), `${token} ${name}: ${type}`);
        }
      });
    }
  });
});
