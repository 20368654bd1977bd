import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import process from "node:process";
import { readJson } from "../provider/processes/files.ts";
import { usersDockerConfig } from "../provider/processes/user-environment.ts";
import { cacheFolder } from "./paths.ts";

/** A credential helper that knows no login. */
const noLogins = join(import.meta.dirname, "no-logins", "docker-credential-no-logins");

/** Where Docker's settings for Pulumi's plugins are. */
export const dockerConfigFolder = join(cacheFolder, "docker-config");

/** As much of Docker's config.json as matters here. */
interface DockerConfig {
  auths?: Record<string, unknown>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
  cliPluginsExtraDirs?: string[];
  proxies?: Record<string, unknown>;
}

/**
 * The variables that keep the user's registry logins from Pulumi's Docker plugin: it would read all of them before each
 * build, fail when a credential helper is missing, and send them to the cluster's daemon. The images here are built
 * from public ones.
 *
 * Makes the folder of Docker's settings that they name.
 * @param env the environment in which Pulumi would run. What Minikube's own plugin starts gets the user's settings
 * back.
 * @param folder where the settings go.
 */
export const withoutLogins = (env: NodeJS.ProcessEnv, folder: string = dockerConfigFolder): NodeJS.ProcessEnv => {
  const users = folderOf(env);
  const { cliPluginsExtraDirs = [] } = readConfig(users);
  const config: DockerConfig = {
    credsStore: "no-logins",
    // Where a user's BuildKit may be.
    cliPluginsExtraDirs: [...cliPluginsExtraDirs, join(users, "cli-plugins")],
  };
  writeIfOther(join(folder, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`, 0o600);
  // Docker looks for it on PATH, where the path of a checkout that has a colon in it would be two.
  writeIfOther(join(folder, basename(noLogins)), readFileSync(noLogins, "utf8"), 0o700);
  return {
    DOCKER_CONFIG: folder,
    [usersDockerConfig]: env["DOCKER_CONFIG"] ?? "",
    PATH: [folder, env["PATH"] ?? ""].join(delimiter),
  };
};

/** What of the user's settings of Docker no build in the cluster gets. */
export interface UnusedSettings {
  /** The registries with a login, and the stores that may have more. */
  logins: string[];
  hasProxies: boolean;
}

/** Looks for what no build in the cluster gets. @param env with the user's settings of Docker. */
export const unusedSettings = (env: NodeJS.ProcessEnv): UnusedSettings => {
  const { auths = {}, credHelpers = {}, credsStore = "", proxies = {} } = readConfig(folderOf(env));
  const stored = credsStore === "" ? [] : [`what ${credsStore} keeps`];
  return {
    logins: [...new Set([...Object.keys(auths), ...Object.keys(credHelpers)]), ...stored],
    hasProxies: Object.keys(proxies).length > 0,
  };
};

const folderOf = (env: NodeJS.ProcessEnv): string => env["DOCKER_CONFIG"] || join(env["HOME"] ?? homedir(), ".docker");

/** A file that nobody can read holds nothing that Docker could use. */
const readConfig = (folder: string): DockerConfig => readJson(join(folder, "config.json")) ?? {};

const writeIfOther = (file: string, text: string, mode: number): void => {
  try {
    if (readFileSync(file, "utf8") === text) return;
  } catch {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  }
  // Another Pulumi that starts at this moment must find a whole file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
};
