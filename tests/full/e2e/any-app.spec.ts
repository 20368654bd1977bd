import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { checkout } from "../../../machine/paths.ts";

/**
 * The provider for somebody who has nothing to do with this stack: another project, another state, another application.
 */
describe("examples/any-app", function () {
  this.timeout("15m");
  const cwd = join(checkout, "examples/any-app");
  let state: string;

  const pulumi = async (...args: string[]): Promise<string> => {
    const env = {
      ...environment(),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_STACK: "",
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    const { stdout } = await execa("pulumi", [...args, "--stack", "test"], { cwd, env, extendEnv: false });
    return stdout;
  };

  before(async () => {
    state = await mkdtemp(join(tmpdir(), "any-app-"));
    await pulumi("stack", "init");
  });

  after(async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    await rm(state, { recursive: true });
    await rm(join(cwd, "Pulumi.test.yaml"), { force: true });
  });

  it("brings up somebody else's Dockerfile and chart, and waits until it answers as the program says", async () => {
    await pulumi("up", "--yes", "--skip-preview");
    const url = await pulumi("stack", "output", "url");
    const response = await fetch(`${url}/hello`);
    assert.deepEqual([response.status, await response.text()], [200, "hello\n"]);
  });

  it("finds nothing to do after that", async () => {
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("leaves no container behind", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    const { stdout } = await execa("docker", ["ps", "--all", "--quiet", "--filter", "name=^any-app$"], {
      env: environment(),
      extendEnv: false,
    });
    assert.equal(stdout, "");
  });
});
