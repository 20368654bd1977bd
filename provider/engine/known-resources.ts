import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** As much as is read of Pulumi's state. */
interface State {
  checkpoint?: { latest?: { resources?: { type?: string; inputs?: object }[] } };
}

/**
 * Whether Pulumi's state knows a resource of a type: somebody may have typed `pulumi state delete`. The engine tells a
 * provider of its own resources alone, so the file is read in which it keeps the state of a stack on this machine.
 * @param urn of any resource of the stack.
 * @returns undefined when nobody can say: the state is somewhere else, or is being written.
 */
export async function isKnown(urn: string, type: string, env: NodeJS.ProcessEnv): Promise<boolean | undefined> {
  return (await resourcesOf(urn, env))?.some((resource) => resource.type === type);
}

/** The inputs that Pulumi's state has of the resources of a type. @returns undefined as {@link isKnown}. */
export async function inputsOf<Inputs extends object>(
  urn: string,
  type: string,
  env: NodeJS.ProcessEnv,
): Promise<Inputs[] | undefined> {
  const resources = (await resourcesOf(urn, env))?.filter((resource) => resource.type === type);
  return resources?.flatMap(({ inputs }) => (inputs === undefined ? [] : [inputs as Inputs]));
}

async function resourcesOf(
  urn: string,
  env: NodeJS.ProcessEnv,
): Promise<{ type?: string; inputs?: object }[] | undefined> {
  const [, , stack = "", project = ""] = urn.replace("::", ":").split(":");
  const backend = env["PULUMI_BACKEND_URL"] ?? "";
  if (!backend.startsWith("file:///") || stack === "" || project === "") return undefined;
  try {
    const file = `${fileURLToPath(backend)}/.pulumi/stacks/${project}/${stack}.json`;
    const { checkpoint } = JSON.parse(await readFile(file, "utf8")) as State;
    return checkpoint?.latest?.resources;
  } catch {
    return undefined;
  }
}
