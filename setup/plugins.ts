import { lstatSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import which from "which";
import { environment } from "../machine/tool-environment.ts";
import { pluginsAreOutOfReach, readMachine } from "../machine/machine.ts";
import type { Machine } from "../machine/machine.ts";
import { pluginFolder, pulumiHome, stateFolder } from "../machine/paths.ts";
import { makePrivateFolder } from "../machine/private-files.ts";
import { run } from "../machine/run.ts";
import { executableOf, installStandIn, pluginNames, plugins, whatIs } from "../offline/stand-ins/install.ts";
import type { PluginName } from "../offline/stand-ins/install.ts";
import { versionOf } from "../offline/stand-ins/plugin-versions.ts";
import type { Step } from "../machine/step.ts";
import { pulumi } from "./tools/pulumi-tool.ts";
import { toolTitle } from "../machine/tool-download.ts";

type Report = (line: string) => void;
type Found = Awaited<ReturnType<typeof whatIs>>;

/** Where plugins are, and how they come there. */
export interface PluginPlace {
  /** Where Pulumi keeps its plugins. */
  folder: string;
  /** What is known of this machine. */
  machine: Machine | undefined;
  /** Makes the folder. */
  prepare: () => Promise<void>;
  /** Installs the official plugin in it. @throws Error where it cannot be had. */
  fetch: (name: PluginName, report: Report) => Promise<void>;
  /** Whether Pulumi finds an official language host on its way, which it then takes. */
  hasLanguageHost: () => Promise<boolean>;
}

const here = (): PluginPlace => ({
  folder: join(pulumiHome, "plugins"),
  machine: readMachine(),
  prepare: () => shareFolder(join(pulumiHome, "plugins")),
  fetch: async (name, report) => {
    const args = ["plugin", "install", plugins[name].kind, name, versionOf(plugins[name].npm)];
    await run(`install Pulumi plugin ${name}`, "pulumi", args, { env: environment(), report });
  },
  hasLanguageHost: async () =>
    (await which("pulumi-language-nodejs", { path: environment().PATH ?? "", nothrow: true })) !== null,
});

/** The steps that put what Pulumi starts for this stack into this checkout's Pulumi home. */
export const pluginSteps = (): Step[] =>
  pluginNames.map((name) => (name === "nodejs" ? languageHostStep() : pluginStep(name)));

const stepFor = (name: PluginName): Pick<Step, "title" | "needs"> => ({
  title: `Pulumi plugin ${name} ${versionOf(plugins[name].npm)}`,
  needs: [toolTitle(pulumi)],
});

/** The step for a plugin: the official one if it is there or can be fetched, else its stand-in. */
export const pluginStep = (name: PluginName, place: () => PluginPlace = here): Step => ({
  ...stepFor(name),
  isDone: async () => {
    const { folder } = place();
    const found = await whatIs(executableOf(folder, name));
    return found !== "missing" && found === (await wantedOf(name, found, place()));
  },
  run: async (report) => {
    const { folder, prepare, fetch } = place();
    await prepare();
    const found = await whatIs(executableOf(folder, name));
    const wanted = await wantedOf(name, found, place());
    if (found === "official" && wanted === "stand-in") await setAside(folder, name);
    if (wanted === "stand-in") await installStandIn(folder, name);
    else if (found !== "official" && !(await takeBack(folder, name))) {
      try {
        await rm(dirname(executableOf(folder, name)), { recursive: true, force: true });
        await fetch(name, report);
      } catch (error) {
        report(`a stand-in takes its place: ${String(error).split("\n")[0] ?? ""}`);
        await installStandIn(folder, name);
      }
    }
  },
});

/**
 * An official plugin that is there stays, unless the user wants none: then both places that have them are not to be
 * used.
 */
const wantedOf = async (name: PluginName, found: Found, { folder, machine }: PluginPlace): Promise<Found> => {
  if (pluginsAreOutOfReach({ unreachable: [], without: machine?.without ?? [] })) return "stand-in";
  if (found === "official" || (await whatIs(keptOf(folder, name))) === "official") return "official";
  return pluginsAreOutOfReach(machine) ? "stand-in" : "official";
};

/**
 * Where an official plugin is kept while a stand-in has its place. Pulumi takes no notice of a folder of such a name.
 */
const keptOf = (folder: string, name: PluginName): string => {
  const executable = executableOf(folder, name);
  return join(folder, `kept.${basename(dirname(executable))}`, basename(executable));
};

const setAside = async (folder: string, name: PluginName): Promise<void> => {
  const kept = dirname(keptOf(folder, name));
  await rm(kept, { recursive: true, force: true });
  await rename(dirname(executableOf(folder, name)), kept);
};

/** @returns false if no official plugin was set aside. */
const takeBack = async (folder: string, name: PluginName): Promise<boolean> => {
  if ((await whatIs(keptOf(folder, name))) !== "official") return false;
  const own = dirname(executableOf(folder, name));
  await rm(own, { recursive: true, force: true });
  await rename(dirname(keptOf(folder, name)), own);
  return true;
};

/**
 * The step for what runs the program: a release of Pulumi brings it along, and a Pulumi that is made from Go modules
 * does not.
 */
export const languageHostStep = (place: () => PluginPlace = here): Step => ({
  ...stepFor("nodejs"),
  isDone: async () => {
    const { folder, hasLanguageHost } = place();
    return (await hasLanguageHost()) || (await whatIs(executableOf(folder, "nodejs"))) !== "missing";
  },
  run: async () => {
    const { folder, prepare, hasLanguageHost } = place();
    // It may have come with Pulumi a moment ago.
    if (await hasLanguageHost()) return;
    await prepare();
    await installStandIn(folder, "nodejs");
  },
});

/** What there is of each plugin. @param folder where Pulumi keeps its plugins. */
export const pluginsIn = async (
  folder: string,
  hasLanguageHost = here().hasLanguageHost,
): Promise<[name: PluginName, found: Found][]> =>
  await Promise.all(
    pluginNames.map(async (name): Promise<[PluginName, Found]> => {
      if (name === "nodejs" && (await hasLanguageHost())) return [name, "official"];
      return [name, await whatIs(executableOf(folder, name))];
    }),
  );

/**
 * Makes a checkout's folder of plugins a link to the one that every checkout uses: they are large. A folder with
 * stand-ins alone, as older versions of this project made it, goes; one with more stays as it is.
 */
export const shareFolder = async (folder: string, shared: string = pluginFolder): Promise<void> => {
  await mkdir(shared, { recursive: true });
  makePrivateFolder(stateFolder);
  await mkdir(dirname(folder), { recursive: true });
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there?.isDirectory() === true && (await hasStandInsAlone(folder))) await rm(folder, { recursive: true });
  else if (there !== undefined) return;
  await symlink(shared, folder);
};

const hasStandInsAlone = async (folder: string): Promise<boolean> => {
  const executables = pluginNames.map((name) => executableOf(folder, name));
  const known = executables.map((executable) => basename(dirname(executable)));
  if ((await readdir(folder)).some((name) => !known.includes(name))) return false;
  return !(await Promise.all(executables.map(whatIs))).includes("official");
};
