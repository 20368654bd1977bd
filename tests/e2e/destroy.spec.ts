import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { minikubeHome } from "../../machine/paths.ts";
import { dockerTraces } from "../helpers/cluster/docker-engine.ts";
import { stack } from "../stack/support/stack.ts";

/** The last of the run: see cli/test/checks.ts. */
describe("U8: the end of a stack", function () {
  this.timeout("10m");

  it("leaves nothing behind", async function () {
    if (stack.isBorrowed) this.skip();
    const { copy, profile } = stack;
    const kubeconfig = join(copy.folder, ".state", `${profile}.kubeconfig`);
    assert.equal(existsSync(kubeconfig), true, "before, the kubeconfig must be there");
    assert.notDeepEqual(await dockerTraces(profile), [], "before, the stack must be found in Docker");
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    assert.deepEqual(await dockerTraces(profile), [], "nothing of the stack may remain in Docker");
    assert.equal(existsSync(join(minikubeHome, "profiles", profile)), false, "the Minikube profile must be gone");
    assert.equal(existsSync(kubeconfig), false, "the kubeconfig must be gone");
  });
});
