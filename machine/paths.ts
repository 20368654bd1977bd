import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import process from "node:process";
import { asWord } from "../provider/processes/shell-word.ts";
import { cacheFolder as folderOfCaches } from "./launch.mjs";

/** The root of this checkout. */
export const checkout = resolve(import.meta.dirname, "..");

/** What belongs to this checkout alone: Pulumi's state, its passphrase and the cluster's kubeconfig. Ignored by git. */
export const stateFolder = join(checkout, ".state");

/**
 * The URL by which Pulumi finds its state. Only what means something else in a URL is escaped: Pulumi remembers the
 * selected stack by this text.
 * @param folder the state's folder.
 */
export const backendUrl = (folder: string = stateFolder): string =>
  `file://${folder.replaceAll(/[%?#]/g, encodeURIComponent)}`;

/** The passphrase of this checkout's stacks, unless the user brings one. */
export const passphraseFile = join(stateFolder, "passphrase");

/**
 * The policies of this project. An executable, as a plugin is: a folder would need a language host that can run policy
 * packs.
 */
export const policyPack = join(checkout, "policies", "pulumi-analyzer-todo-stack");

/**
 * Has Pulumi keep to the policies. It splits the variable at commas, which no quotes prevent; seen from within the
 * checkout, the path has none.
 */
export const policyVariables = (): NodeJS.ProcessEnv => ({
  PULUMI_OPTION_POLICY_PACK: policyPack.includes(",") ? relative(process.cwd(), policyPack) : policyPack,
});

/** Pulumi's home of this checkout: the selected stack, logs, plugins. */
export const pulumiHome = join(stateFolder, "pulumi-home");

/** What every checkout of this user shares: tools, images, Minikube's home. */
export const cacheFolder = folderOfCaches();

/** Where a tool of one version is kept. */
export const toolFolder = (name: string, version: string): string => join(cacheFolder, "tools", `${name}-${version}`);

/** The official Pulumi plugins, shared by every checkout. */
export const pluginFolder = join(cacheFolder, "pulumi-plugins");

/** Minikube's home of this stack, apart from the user's `~/.minikube`, whose profiles are never read. */
export const minikubeHome = join(cacheFolder, ".minikube");

/** What set-up found out about this machine. */
export const machineFile = join(cacheFolder, "machine.json");

/** Logs of set-up steps, one file a step. */
export const logFolder = join(cacheFolder, "logs");

/** A path as the user means it: relative to the folder in which they typed, which npm leaves. */
export const typedPath = (path: string): string => resolve(process.env["INIT_CWD"] ?? process.cwd(), path);

/**
 * A path as it can be pasted into a command in the folder in which the user typed: the counterpart of {@link
 * typedPath}.
 */
export const asTyped = (path: string): string => asWord(relative(typedPath("."), path));

/** Shortens a path for a message. */
export const display = (path: string): string => {
  const inHome = relative(homedir(), path);
  if (inHome === "") return "~";
  return inHome === ".." || inHome.startsWith("../") || !isAbsolute(path) ? path : `~/${inHome}`;
};

/** A path as it can be pasted into a command, whatever folder that is typed in. */
export const pasted = (path: string): string => {
  const word = asWord(path);
  return word === path ? display(path) : word;
};
