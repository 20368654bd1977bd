import assert from "node:assert/strict";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { join } from "node:path";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { readSchema } from "../../provider/schema.ts";

describe("pulumi package add", () => {
  it("gets the schema from the program that the provider's README names", async () => {
    await using folder = await createFixture({ "state/none": "" });
    const { stdout } = await execa(
      "pulumi",
      ["package", "get-schema", join(checkout, "provider/pulumi-resource-minikube")],
      {
        cwd: folder.path,
        timeout: 60_000,
        env: {
          ...toolEnvironment(),
          PULUMI_HOME: folder.getPath("home"),
          PULUMI_BACKEND_URL: `file://${folder.getPath("state")}`,
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    const served = JSON.parse(stdout) as { resources: object };
    const { resources } = JSON.parse(readSchema()) as { resources: object };
    assert.deepEqual(Object.keys(served.resources).toSorted(), Object.keys(resources).toSorted());
  });
});
