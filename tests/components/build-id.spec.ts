import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { checkout } from "../../machine/paths.ts";

/**
 * Pulumi's own plugin for Docker puts these into the build context, whatever `.dockerignore` says. Docker's own command
 * does not.
 */
const ofBuild = {
  Dockerfile: "FROM scratch",
  ".dockerignore": "*",
  "Dockerfile.dockerignore": "*",
};

describe("the name of the frontend's build", () => {
  /** Runs the instruction that makes it on files, as after `COPY . .`. */
  const buildId = async (files: Record<string, string>): Promise<string> => {
    const dockerfile = await readFile(join(checkout, "apps/frontend/Dockerfile"), "utf8");
    const [, command = ""] = /\nCOPY \. \.\n(?:#.*\n)*RUN ((?:.*\\\n)*.*)\n/.exec(dockerfile) ?? [];
    await using fixture = await createFixture({ "app/src/page.tsx": "page", ...inApp(files) });
    const script = command
      .replaceAll("\\\n", "")
      .replaceAll(/ \/(sums|build-id)/g, (_, name: string) => ` ${fixture.getPath(name)}`);
    await execa("sh", ["-ec", script], { cwd: fixture.getPath("app") });
    return await fixture.readFile("build-id", "utf8");
  };
  const inApp = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`app/${name}`, text]));

  it("is the same whether the plugin or Docker's own command builds it", async () => {
    const own = await buildId({});
    assert.match(own, /^[0-9a-f]{64}/);
    assert.equal(await buildId(ofBuild), own);
  });

  it("is another for other sources", async () => {
    assert.notEqual(await buildId({ "src/page.tsx": "other" }), await buildId({}));
  });
});
