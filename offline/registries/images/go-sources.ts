import { join } from "node:path";
import process from "node:process";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { run } from "../../../machine/run.ts";
import { goCommand } from "../go/go.ts";

/**
 * The folder of a Go module's source in Go's cache, downloaded and checked if it is not there.
 * @param name the folder in `registries/go/` whose go.mod and go.sum pin it.
 * @param module the module's path.
 */
export const goSource = async (name: string, module: string): Promise<string> => {
  const cwd = join(import.meta.dirname, "..", "go", name);
  const env = { ...userEnvironment(process.env, "go"), GOFLAGS: "", GOTOOLCHAIN: "local", GOWORK: "off" };
  const answer = await run(`find ${module}`, await goCommand(), ["mod", "download", "-json", module], { cwd, env });
  return (JSON.parse(answer) as { Dir: string }).Dir;
};
