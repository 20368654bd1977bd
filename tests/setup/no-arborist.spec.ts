import assert from "node:assert/strict";
import { createRequire } from "node:module";

describe("npm's Arborist, which no program or provider of this project needs", () => {
  it("is not what Pulumi's SDK loads, and says so to who needs it", () => {
    const ofTheSdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
    const { Arborist } = ofTheSdk("@npmcli/arborist") as { Arborist: new (options: object) => unknown };
    assert.throws(
      () => new Arborist({ path: "." }),
      /function cannot become a resource.*remove @npmcli\/arborist from/,
    );
  });
});
