import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { checkout } from "../../../../machine/paths.ts";
import { stack } from "../../../stack/support/stack.ts";

/**
 * Breaks the stack in one way after the other, and looks what is done about it. The tests that do so belong to the
 * package of the server.
 * @param name of a file in `apps/aiops/tests/scenarios`, without its ending.
 */
export async function runScenarios(name: string, variables: Record<string, string> = {}): Promise<void> {
  const cwd = join(checkout, "apps", "aiops");
  const place = { AIOPS_KUBECONFIG: stack.cluster.kubeconfig, AIOPS_URL: stack.url };
  const vitest = join(cwd, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.scenarios.config.ts", `tests/scenarios/${name}.test.ts`];
  const env = { ...process.env, ...place, ...variables };
  await execa(process.execPath, args, { cwd, env, extendEnv: false, stdout: "inherit", stderr: "inherit" });
}
