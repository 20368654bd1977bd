import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../toolchain/paths.ts";

describe("the layout of the project", () => {
  it("U1: the packages of the design are direct dependencies", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    for (const name of ["pulumi", "kubernetes", "docker", "random"]) {
      assert.ok(`@pulumi/${name}` in dependencies, `@pulumi/${name} must be a dependency`);
    }
    assert.ok("mocha" in devDependencies, "mocha must be a development dependency");
  });

  it("U2: the files and folders of the design are at the top level", () => {
    const files = ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json", "tsconfig.json", "index.ts"];
    for (const name of [...files, "components", "apps", "tests"]) {
      assert.ok(existsSync(join(checkout, name)), `${name} must be at the top level`);
    }
  });
});
