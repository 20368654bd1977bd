import { chmod, mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { versionOf } from "./plugin-versions.ts";

/** The plugins that there is a stand-in for, with the npm package whose version each has. */
export const plugins = {
  docker: { kind: "resource", npm: "@pulumi/docker" },
  kubernetes: { kind: "resource", npm: "@pulumi/kubernetes" },
  random: { kind: "resource", npm: "@pulumi/random" },
  nodejs: { kind: "language", npm: "@pulumi/pulumi" },
} as const;

/** The name of a plugin that there is a stand-in for. */
export type PluginName = keyof typeof plugins;

/** The names of them all. */
export const pluginNames = Object.keys(plugins) as PluginName[];

/**
 * The executable of a plugin in the folder in which Pulumi keeps plugins, whether it is the official one or a stand-in.
 */
export function executableOf(folder: string, name: PluginName): string {
  const { kind, npm } = plugins[name];
  return join(folder, `${kind}-${name}-v${versionOf(npm)}`, `pulumi-${kind}-${name}`);
}

/** What an executable is: a stand-in begins with a line of its own. */
export async function whatIs(executable: string): Promise<"missing" | "official" | "stand-in"> {
  try {
    const file = await open(executable);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(firstLines.length), 0, firstLines.length, 0);
      return buffer.toString("utf8", 0, bytesRead) === firstLines ? "stand-in" : "official";
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "missing";
    throw error;
  }
}

/**
 * Puts a stand-in where Pulumi's engine looks for plugins.
 *
 * What is put there is a launcher: it starts the stand-in of the checkout that Pulumi is working for, so one
 * folder serves every clone. That checkout is the folder in `TODO_STACK_CHECKOUT`, or else the one around the
 * current folder, which for a plugin is its project's folder.
 *
 * Nothing else shadows them or is shadowed: an official plugin beside the `pulumi` executable or on PATH comes first.
 * Safe to run again.
 * @param folder where Pulumi keeps plugins: `plugins` in the folder named by `PULUMI_HOME`.
 */
export async function installStandIn(folder: string, name: PluginName): Promise<void> {
  const launcher = executableOf(folder, name);
  await mkdir(dirname(launcher), { recursive: true });
  // An engine that starts at this moment must find a whole file.
  const draft = `${launcher}.${process.pid}`;
  await writeFile(draft, launcherText(name));
  await chmod(draft, 0o755);
  await rename(draft, launcher);
}

/**
 * Writes the launchers again that another version of this project has installed, and that may look for its files
 * elsewhere. Installs nothing that was not there.
 */
export async function renewStandIns(folder: string): Promise<void> {
  for (const name of pluginNames) {
    const launcher = executableOf(folder, name);
    if ((await whatIs(launcher)) !== "stand-in") continue;
    if ((await readFile(launcher, "utf8")) !== launcherText(name)) await installStandIn(folder, name);
  }
}

const firstLines = "#!/bin/sh\n# Starts the stand-in of the checkout that Pulumi works for.\n";

/**
 * Where checkouts have a stand-in. One launcher serves them all, and some may be of another version of this project.
 */
const sourcesOf = (name: PluginName): string[] => [
  `offline/stand-ins/${name}/${name}-plugin.ts`,
  `toolchain/stand-ins/${name}.ts`,
];

const launcherText = (name: PluginName): string => `${firstLines}\
folder=\${TODO_STACK_CHECKOUT:-$PWD}
while true; do
  for source in ${sourcesOf(name).join(" ")}; do
    if [ -f "$folder/$source" ]; then
      exec node --disable-warning=ExperimentalWarning "$folder/$source" "$@"
    fi
  done
  if [ "$folder" = / ] || [ -n "$TODO_STACK_CHECKOUT" ]; then
    echo "no ${sourcesOf(name)[0]} in or above $folder: run Pulumi in a checkout of todo-stack" >&2
    exit 1
  fi
  parent=\${folder%/*}
  folder=\${parent:-/}
done
`;
