import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { directPackagesOf, packagesOf } from "../../../../offline/stand-ins/nodejs/program-packages.ts";

const program = {
  "package.json": JSON.stringify({ dependencies: { "@pulumi/random": "1.2.3", left: "1.0.0" } }),
  "node_modules/@pulumi/random/package.json": JSON.stringify({
    name: "@pulumi/random",
    version: "1.2.3",
    pulumi: { resource: true, name: "random" },
  }),
  "node_modules/left/package.json": JSON.stringify({ name: "left", version: "1.0.0" }),
  "node_modules/right/package.json": JSON.stringify({ name: "right", version: "2.0.0" }),
};

describe("stand-ins: the packages of a program", () => {
  it("are those that it asks for, with the plugin of each that is the SDK of one", async () => {
    await using folder = await createFixture(program);
    assert.deepEqual(await directPackagesOf(folder.path), [
      {
        name: "@pulumi/random",
        version: "1.2.3",
        direct: true,
        plugin: { name: "random", version: "v1.2.3", server: "" },
      },
      { name: "left", version: "1.0.0", direct: true },
    ]);
  });

  it("are found behind a link, as in a second checkout that shares what is installed", async () => {
    await using shared = await createFixture(program);
    await using folder = await createFixture({
      "package.json": program["package.json"],
      node_modules: (fixture) => fixture.symlink(shared.getPath("node_modules")),
    });
    const names = (await directPackagesOf(folder.path)).map(({ name }) => name);
    assert.deepEqual(names, ["@pulumi/random", "left"]);
  });

  it("are all that are installed, when those are asked for", async () => {
    await using folder = await createFixture(program);
    const packages = (await packagesOf(folder.path)).map(({ name, direct }) => [name, direct]);
    assert.deepEqual(packages.toSorted(), [
      ["@pulumi/random", true],
      ["left", true],
      ["right", false],
    ]);
  });
});
