import { existsSync, lstatSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import packages from "../package.json" with { type: "json" };
import { environment } from "./environment.ts";
import { isRegistryOnly } from "./machine.ts";
import { pluginFolder, pulumiHome, stateFolder } from "./paths.ts";
import { makePrivateFolder } from "./private-files.ts";
import { run } from "./run.ts";
import { installStandIns } from "./stand-ins/install.ts";
import type { Step } from "./step.ts";

const folder = join(pulumiHome, "plugins");

/** The steps that put Pulumi's plugins for Docker, Kubernetes and random into this checkout's Pulumi home. */
export const pluginSteps = (): Step[] =>
  isRegistryOnly() ? [standInStep()] : (["docker", "kubernetes", "random"] as const).map(pluginStep);

const pluginStep = (name: "docker" | "kubernetes" | "random"): Step => {
  // A plugin has the version of its npm package.
  const version = packages.dependencies[`@pulumi/${name}`];
  return {
    title: `Pulumi plugin ${name} ${version}`,
    isDone: () => Promise.resolve(existsSync(join(folder, `resource-${name}-v${version}`))),
    run: async (report) => {
      await shareFolder();
      const args = ["plugin", "install", "resource", name, version];
      await run(`install Pulumi plugin ${name}`, "pulumi", args, { env: environment(), report });
    },
  };
};

const standInStep = (): Step => ({
  title: "Stand-ins for the Pulumi plugins, which no package registry has",
  isDone: () =>
    Promise.resolve(existsSync(join(folder, `language-nodejs-v${packages.dependencies["@pulumi/pulumi"]}`))),
  run: () => installStandIns(pulumiHome),
});

/** The plugins are large, and the same for every checkout. */
const shareFolder = async (): Promise<void> => {
  await mkdir(pluginFolder, { recursive: true });
  makePrivateFolder(stateFolder);
  await mkdir(pulumiHome, { recursive: true });
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) await symlink(pluginFolder, folder);
};
