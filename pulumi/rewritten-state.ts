import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment } from "../machine/tool-environment.ts";
import { checkout } from "../machine/paths.ts";
import { run } from "../machine/run.ts";

/**
 * Has Pulumi read the state of a stack and write it as it is to be.
 * @param change makes the new deployment of the one that there is.
 */
export const rewriteState = async <T>(stack: string, change: (deployment: T) => T): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "todo-stack-state-"));
  const options = { cwd: checkout, env: environment() };
  try {
    const file = join(folder, "state.json");
    await run("read the state", "pulumi", ["stack", "export", "--stack", stack, "--file", file], options);
    const state = JSON.parse(await readFile(file, "utf8")) as { deployment: T };
    const text = JSON.stringify({ ...state, deployment: change(state.deployment) });
    await writeFile(file, text, { mode: 0o600 });
    await run("write the state", "pulumi", ["stack", "import", "--stack", stack, "--file", file], options);
  } finally {
    await rm(folder, { recursive: true });
  }
};
