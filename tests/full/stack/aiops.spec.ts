import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { checkout } from "../../../machine/paths.ts";
import { stateFile } from "../../../state/stack-files.ts";
import { stack } from "../../stack/stack.ts";

describe("the server for operations", function () {
  this.timeout("60m");

  it("O5: names what is wrong with a real cluster and repairs it, and does nothing to a healthy one or for what a log says", async () => {
    const { copy, cluster, url } = stack;
    const cwd = join(checkout, "apps", "aiops");
    const env = {
      ...process.env,
      AIOPS_KUBECONFIG: cluster.kubeconfig,
      AIOPS_RELEASED: stateFile(copy.folder, copy.stack),
      AIOPS_URL: url,
    };
    // Its client is a package of the server's own.
    const args = [join(cwd, "node_modules", "vitest", "vitest.mjs"), "run", "--config", "vitest.scenarios.config.ts"];
    await execa(process.execPath, args, { cwd, env, extendEnv: false, stdout: "inherit", stderr: "inherit" });
  });
});
