import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { run } from "../../machine/run.ts";
import { setUp } from "../../setup/setup.ts";
import { syft } from "../../setup/tools/syft-tool.ts";
import { toolStep } from "../../machine/tool-download.ts";
import { type ImageArchive, withImageArchives } from "./archives.ts";

/** Builds both images in the cluster, releases nothing, and writes what is in each to `sbom/NAME.cdx.json`. */
export const sbom = async (): Promise<number> => {
  await setUp([toolStep(syft)]);
  await withImageArchives(async (images) => {
    for (const image of images) console.log(`${image.reference}: ${await listPackages(image)}`);
  });
  return 0;
};

/** Writes the bill of materials of an image as CycloneDX JSON. Returns its path in the checkout. */
const listPackages = async ({ reference, file }: ImageArchive): Promise<string> => {
  const [name = reference, tag = ""] = reference.split(":");
  const result = join("sbom", `${name}.cdx.json`);
  await mkdir(join(checkout, "sbom"), { recursive: true });
  const source = ["--source-name", name, "--source-version", tag];
  const output = `cyclonedx-json@1.6=${join(checkout, result)}`;
  await run(`list packages of ${name}`, "syft", ["scan", `docker-archive:${file}`, ...source, "--output", output], {
    // Syft reads its settings where it is started.
    cwd: dirname(file),
    env: { ...toolEnvironment(), SYFT_CHECK_FOR_APP_UPDATE: "false" },
  });
  return result;
};
