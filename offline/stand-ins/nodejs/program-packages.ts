import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { glob } from "tinyglobby";

/** An npm package that is installed for a program. */
interface InstalledPackage {
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

/**
 * The packages that a program asks for itself. Its plugins are among them; looking through all of `node_modules`, and
 * through whatever else is below the program, would take longer than everything else at its start.
 */
export async function directPackagesOf(programFolder: string): Promise<InstalledPackage[]> {
  const { dependencies } = await readManifest(join(programFolder, "package.json"));
  const manifests = Object.keys(dependencies ?? {}).map((name) =>
    readManifest(join(programFolder, "node_modules", name, "package.json")),
  );
  return installed(await Promise.all(manifests), () => true);
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
  return installed(await Promise.all(manifests.map(readManifest)), (name) => name in direct);
}

function installed(manifests: Manifest[], isDirect: (name: string) => boolean): InstalledPackage[] {
  return manifests.flatMap((manifest) => {
    const { name, version } = manifest;
    if (!name || !version) return [];
    const plugin = pluginOf(manifest);
    return [{ name, version, direct: isDirect(name), ...(plugin ? { plugin } : {}) }];
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
