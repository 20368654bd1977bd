import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Known {
  urn?: string;
  type?: string;
  inputs?: object;
  /** Set by the engine on what it has replaced and is yet to delete. */
  delete?: boolean;
  /** Set by the engine on what it has deleted and is yet to make anew. */
  pendingReplacement?: boolean;
}

/** As much as is read of Pulumi's state. */
interface State {
  checkpoint?: { latest?: { resources?: Known[] } };
}

/**
 * Whether Pulumi's state knows a resource of a type: somebody may have typed `pulumi state delete`. The engine tells a
 * provider of its own resources alone, so the file is read in which it keeps the state of a stack on this machine.
 * @param urn of any resource of the stack.
 * @returns undefined when nobody can say: the state is somewhere else, or is being written.
 */
export function isKnown(urn: string, type: string, env: NodeJS.ProcessEnv): boolean | undefined {
  return resourcesOf(urn, folderOf(env))?.some((resource) => resource.type === type);
}

/** The inputs that Pulumi's state has of the resources of a type. @returns undefined as {@link isKnown}. */
export function inputsOf(urn: string, type: string, env: NodeJS.ProcessEnv): object[] | undefined {
  const resources = resourcesOf(urn, folderOf(env))?.filter((resource) => resource.type === type);
  return resources?.flatMap(({ inputs }) => (inputs === undefined ? [] : [inputs]));
}

/**
 * The inputs that a resource has in the state of its own stack; undefined when it is not in it, or nobody can say.
 * If it is in it, and the engine asks for it as for a new one, the engine was told to replace it: by `--replace`, which
 * announces itself by nothing else.
 */
export function inputsInState(urn: string, env: NodeJS.ProcessEnv): object | undefined {
  // Where nobody says where the state is, it may be in the checkout.
  for (const folder of [folderOf(env), join(process.cwd(), ".state")]) {
    const found = resourcesOf(urn, folder)?.find((each) => each.urn === urn);
    if (found !== undefined) return found.inputs ?? {};
  }
  return undefined;
}

function resourcesOf(urn: string, folder: string | undefined): Known[] | undefined {
  const [, , stack = "", project = ""] = urn.replace("::", ":").split(":");
  if (folder === undefined || stack === "" || project === "") return undefined;
  const state = readJson(join(folder, ".pulumi", "stacks", project, `${stack}.json`)) as State | undefined;
  const resources = state?.checkpoint?.latest?.resources;
  return resources?.filter((each) => each.delete !== true && each.pendingReplacement !== true);
}

/** Where Pulumi keeps states on this machine: as it is told, or as a person has logged in. */
function folderOf(env: NodeJS.ProcessEnv): string | undefined {
  const backend = env["PULUMI_BACKEND_URL"] ?? loginOf(env);
  if (backend.startsWith("file:///")) return fileURLToPath(backend);
  return /^file:\/\/~(?=\/|$)/.test(backend) ? join(homedir(), backend.slice("file://~".length)) : undefined;
}

function loginOf(env: NodeJS.ProcessEnv): string {
  const home = env["PULUMI_HOME"] ?? join(env["HOME"] ?? homedir(), ".pulumi");
  const found = readJson(join(home, "credentials.json")) as { current?: string } | undefined;
  return found?.current ?? "";
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
