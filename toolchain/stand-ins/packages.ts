import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { glob } from "tinyglobby";

/** An npm package that is installed for a program. */
export interface InstalledPackage {
  name: string;
  version: string;
  /** Whether the program's own `package.json` asks for it. */
  direct: boolean;
  /** The Pulumi plugin that the package needs, if it is the SDK of one. */
  plugin?: { name: string; version: string; server: string };
}

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** The packages in the `node_modules` of a program, at any depth. */
export async function packagesOf(programFolder: string): Promise<InstalledPackage[]> {
  const own = await readManifest(join(programFolder, "package.json"));
  const direct = { ...own.dependencies, ...own.devDependencies };
  const manifests = await glob(["**/node_modules/*/package.json", "**/node_modules/@*/*/package.json"], {
    cwd: programFolder,
    absolute: true,
    dot: true,
    followSymbolicLinks: false,
  });
  const packages = await Promise.all(manifests.map(readManifest));
  return packages.flatMap((manifest) => {
    const { name, version } = manifest;
    if (!name || !version) return [];
    const plugin = pluginOf(manifest);
    return [{ name, version, direct: name in direct, ...(plugin ? { plugin } : {}) }];
  });
}

function pluginOf({ name = "", version = "", pulumi }: Manifest): InstalledPackage["plugin"] {
  if (!pulumi?.resource) return undefined;
  const pluginVersion = pulumi.version ?? version;
  return {
    name: pulumi.name ?? name.replace(/^@pulumi\//, ""),
    version: pluginVersion.startsWith("v") ? pluginVersion : `v${pluginVersion}`,
    server: pulumi.server ?? "",
  };
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Manifest;
  } catch {
    // A package whose manifest cannot be read is the program's trouble when it imports it, not ours here.
    return {};
  }
}
