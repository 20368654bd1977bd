import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { developmentVariable } from "../components/lib/development.ts";
import { silentVariable, userEnvironment, withUsersDocker } from "../provider/processes/user-environment.ts";
import type { Purpose } from "../provider/processes/user-environment.ts";
import { dockerConfigFolder, withoutLogins } from "./docker-config.ts";
import { compileCache, nodeFolder } from "./launch.mjs";
import { pluginsAreOutOfReach } from "./machine.ts";
import { backendUrl, minikubeHome, passphraseFile, pulumiHome, stateFolder, toolFolder } from "./paths.ts";
import { pastProxies } from "./proxies.mjs";
import { minikubeEnvironment } from "../offline/registries/images/node-environment.ts";
import { imagesAreMadeHere } from "../offline/registries/images/made-here.ts";
import { commands, versions } from "../versions.ts";

/**
 * The environment in which every program of the stack but Pulumi runs: what it may know of the user's, with the tools
 * of the stack first on PATH and with Minikube's home in a place of our own. No passphrase is in it.
 * @param purposes what the program is for, where it may know more than others.
 */
export const toolEnvironment = (user: NodeJS.ProcessEnv = process.env, ...purposes: Purpose[]): NodeJS.ProcessEnv => ({
  ...withUsersDocker(userEnvironment(user, ...purposes)),
  // What `npm run dev` tells the program, and what is told a preview, and nobody else.
  [developmentVariable]: undefined,
  [silentVariable]: undefined,
  PATH: searchPath(user.PATH ?? ""),
  // Pulumi believes it, and knows a checkout by its path. By a link to it, it would find no stack selected.
  PWD: process.cwd(),
  ...pastProxies(user, stateFolder),
  MINIKUBE_HOME: minikubeHome,
  // Pulumi starts Node half a dozen times, for the program and for plugins: each need not compile what one of them has.
  NODE_COMPILE_CACHE: user.NODE_COMPILE_CACHE ?? compileCache,
  // Minikube asks root to confirm that it may run containers.
  ...(process.getuid?.() === 0 ? { MINIKUBE_FORCE: "true" } : {}),
  ...(imagesAreMadeHere() ? minikubeEnvironment() : {}),
});

/**
 * The environment in which Pulumi runs for this checkout: the same, with its state in a place of its own, its
 * passphrase, and without the user's registry logins.
 */
export const environment = (user: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => {
  const tools = toolEnvironment(user);
  return {
    ...tools,
    ...withoutLogins(tools),
    ...Object.fromEntries(Object.entries(user).filter(([name]) => usersPulumi.has(name))),
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: backendUrl(),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The salt that belongs to the passphrase is read from the state, since Pulumi.dev.yaml is tracked: see
    // state/encryption-salt.ts.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    ...(bringsPassphrase(user) ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
    ...(pluginsAreOutOfReach() ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
  };
};

/** What the user may tell Pulumi by its variables. Any other would change what is done, or whether it is asked for. */
const usersPulumi = new Set([
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "PULUMI_STACK",
  "PULUMI_ENABLE_STREAMING_JSON_PREVIEW",
]);

/** True if the user has a passphrase of their own in the environment. */
export const bringsPassphrase = (user: NodeJS.ProcessEnv = process.env): boolean =>
  user.PULUMI_CONFIG_PASSPHRASE !== undefined ||
  (user.PULUMI_CONFIG_PASSPHRASE_FILE || passphraseFile) !== passphraseFile;

/** The tools that set-up installed, then the user's PATH without the `pulumi` of a checkout, which starts all this. */
const searchPath = (path: string): string => {
  const own = [nodeFolder(), ...commands.map((name) => toolFolder(name, versions[name]))]
    .map((folder) => join(folder, "bin"))
    .filter((folder) => existsSync(folder));
  const users = path
    .split(delimiter)
    .filter((folder) => ![...own, dockerConfigFolder].includes(folder) && !holdsShim(folder));
  return [...own, ...users].join(delimiter);
};

/** npm puts `node_modules/.bin` on PATH, by whatever path the user came to it. */
const holdsShim = (folder: string): boolean => {
  try {
    return realpathSync(join(folder, "pulumi")).endsWith(join("bin", "pulumi.mjs"));
  } catch {
    return false;
  }
};
