import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { type GoModuleName, goModuleFolder, goModules } from "../../../../offline/registries/go/modules.ts";
import { overlaidPackages, replaceFiles } from "../../../../offline/registries/go/overlay.ts";
import { versions } from "../../../../versions.ts";

/**
 * The version of a program whose files are replaced here. A new one needs each of them compared with the file that it
 * replaces.
 */
const comparedWith: Partial<Record<GoModuleName, string>> = { pulumi: "3.259.0", minikube: "1.38.1" };

const overlayOf = (name: GoModuleName): string => join(goModuleFolder(name), "overlay");

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));

describe("files that take the place of a module's", () => {
  const names = (Object.keys(goModules) as GoModuleName[]).filter(
    (name) => existsSync(overlayOf(name)) && goModuleFolder(name).endsWith(name),
  );

  it("exist for the programs that are named here alone", () => {
    assert.deepEqual(names.sort(), Object.keys(comparedWith).sort());
  });

  for (const name of names) {
    it(`were compared with ${name} ${versions[name]}`, () => {
      assert.equal(versions[name], comparedWith[name], "compare each file in overlay/ with the one that it replaces");
    });

    it(`say what they stand in for in ${name}`, () => {
      for (const path of overlaidPackages(overlayOf(name))) {
        for (const file of filesOf(join(overlayOf(name), path))) {
          assert.match(readFileSync(file, "utf8"), /\bstands in for\b/, `${file} does not`);
        }
      }
    });
  }

  it("make the program say that it is such a build", () => {
    for (const name of names) {
      const module = goModules[name];
      const variables: Record<string, string> = "variables" in module ? module.variables : {};
      assert.ok(
        Object.values(variables).some((value) => value.endsWith("todo-stack")),
        `${name} does not`,
      );
    }
  });

  it("replace a whole package by one file, or files of the same names", async () => {
    await using folder = await createFixture({
      ours: { whole: { "stand-in.go": "ours" }, part: { "b.go": "ours" } },
      whole: { "a.go": "theirs", "b.go": "theirs", "b_test.go": "theirs" },
      part: { "a.go": "theirs", "b.go": "theirs" },
    });
    const files = async (name: string): Promise<Record<string, string>> => {
      await replaceFiles(folder.getPath("ours", name), folder.getPath(name));
      const names = readdirSync(folder.getPath(name)).sort();
      return Object.fromEntries(names.map((file) => [file, readFileSync(folder.getPath(name, file), "utf8")]));
    };
    assert.deepEqual(await files("whole"), { "b_test.go": "theirs", "stand-in.go": "ours" });
    assert.deepEqual(await files("part"), { "a.go": "theirs", "b.go": "ours" });
  });

  it("are refused if there is nothing to replace", async () => {
    await using folder = await createFixture({ ours: { "c.go": "" }, theirs: { "a.go": "" } });
    await assert.rejects(
      replaceFiles(folder.getPath("ours"), folder.getPath("theirs")),
      /c\.go replaces nothing: .*theirs has no such file/,
    );
  });
});
