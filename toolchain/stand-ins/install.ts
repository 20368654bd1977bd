import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { versionOf } from "./versions.ts";

/**
 * Puts the stand-ins where Pulumi's engine looks for plugins: below `PULUMI_HOME`.
 *
 * What is put there are launchers: they start the stand-in of the checkout that Pulumi is working for, so one
 * `PULUMI_HOME` serves every clone. That checkout is the folder in `TODO_STACK_CHECKOUT`, or else the one around the
 * current folder, which for a plugin is its project's folder.
 *
 * Nothing else shadows them or is shadowed: an official plugin beside the `pulumi` executable or on PATH comes first.
 * Safe to run again.
 * @param pulumiHome the folder named by `PULUMI_HOME`.
 */
export async function installStandIns(pulumiHome: string): Promise<void> {
  await Promise.all([
    writeLauncher(pulumiHome, "resource", "docker", versionOf("@pulumi/docker")),
    writeLauncher(pulumiHome, "resource", "kubernetes", versionOf("@pulumi/kubernetes")),
    writeLauncher(pulumiHome, "resource", "random", versionOf("@pulumi/random")),
    writeLauncher(pulumiHome, "language", "nodejs", versionOf("@pulumi/pulumi")),
  ]);
}

async function writeLauncher(pulumiHome: string, kind: string, name: string, version: string): Promise<void> {
  const folder = join(pulumiHome, "plugins", `${kind}-${name}-v${version}`);
  const launcher = join(folder, `pulumi-${kind}-${name}`);
  await mkdir(folder, { recursive: true });
  // An engine that starts at this moment must find a whole file.
  const draft = `${launcher}.${process.pid}`;
  await writeFile(draft, launcherText(name));
  await chmod(draft, 0o755);
  await rename(draft, launcher);
}

const launcherText = (name: string): string => `#!/bin/sh
# Starts the stand-in of the checkout that Pulumi works for.
folder=\${TODO_STACK_CHECKOUT:-$PWD}
while [ ! -f "$folder/toolchain/stand-ins/${name}.ts" ]; do
  if [ "$folder" = / ] || [ -n "$TODO_STACK_CHECKOUT" ]; then
    echo "no toolchain/stand-ins/${name}.ts in or above $folder: run Pulumi in a checkout of todo-stack" >&2
    exit 1
  fi
  parent=\${folder%/*}
  folder=\${parent:-/}
done
exec node --disable-warning=ExperimentalWarning "$folder/toolchain/stand-ins/${name}.ts" "$@"
`;
