import { join } from "node:path";
import process from "node:process";
import { pluginFolder, pulumiHome } from "../../../machine/paths.ts";
import { executableOf, whatIs } from "../../../offline/stand-ins/install.ts";
import type { PluginName } from "../../../offline/stand-ins/install.ts";

/**
 * The command of an official plugin, where this machine has it, or in the folder that the variable
 * TODO_STACK_OFFICIAL_PLUGINS names. Without one it says that there is no comparison.
 */
export const officialPlugin = async (name: PluginName): Promise<string[] | undefined> => {
  const given = process.env["TODO_STACK_OFFICIAL_PLUGINS"];
  const places = [
    ...(given === undefined ? [] : [join(given, `pulumi-resource-${name}`)]),
    ...[join(pulumiHome, "plugins"), pluginFolder].map((folder) => executableOf(folder, name)),
  ];
  for (const place of places) if ((await whatIs(place)) === "official") return [place];
  console.warn(`stand-ins: ${name} is not compared with the official plugin, which is not installed`);
  return undefined;
};
