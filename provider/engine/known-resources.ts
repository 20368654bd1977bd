import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** As much as is read of Pulumi's state. */
interface State {
  checkpoint?: { latest?: { resources?: { type?: string }[] } };
}

/**
 * Whether Pulumi's state knows a resource of a type: somebody may have typed `pulumi state delete`. The engine tells a
 * provider of its own resources alone, so the file is read in which it keeps the state of a stack on this machine.
 * @param urn of any resource of the stack.
 * @returns undefined when nobody can say: the state is somewhere else, or is being written.
 */
export async function isKnown(urn: string, type: string, env: NodeJS.ProcessEnv): Promise<boolean | undefined> {
  const [, , stack = "", project = ""] = urn.replace("::", ":").split(":");
  const backend = env["PULUMI_BACKEND_URL"] ?? "";
  if (!backend.startsWith("file:///") || stack === "" || project === "") return undefined;
  try {
    const file = `${fileURLToPath(backend)}/.pulumi/stacks/${project}/${stack}.json`;
    const { checkpoint } = JSON.parse(await readFile(file, "utf8")) as State;
    return checkpoint?.latest?.resources?.some((resource) => resource.type === type);
  } catch {
    return undefined;
  }
}
