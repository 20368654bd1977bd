import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { checkout } from "../../machine/paths.ts";

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

  it("has the same line ends in a clone that asks for those of Windows", async () => {
    await using folder = await createFixture();
    const clone = folder.getPath("clone");
    await execa("git", ["clone", "--quiet", "--no-checkout", "--shared", "-c", "core.autocrlf=true", checkout, clone]);
    await execa("git", ["checkout", "--quiet", "HEAD", "--", ".gitattributes", "cli/bin", "policies"], {
      cwd: clone,
    });
    for (const file of ["cli/bin/pulumi.mjs", "policies/pulumi-analyzer-todo-stack"]) {
      assert.ok(!readFileSync(join(clone, file), "utf8").includes("\r"), `${file}: env would look for "node\\r"`);
    }
  });
});
