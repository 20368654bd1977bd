import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.syft;

/** Syft, which lists the packages in an image. Only `npm run sbom` needs it, and installs it. */
export const syft: Tool = {
  name: "syft",
  version,
  accepts: "^1.52.0",
  versionArguments: ["--version"],
  release: ({ os, arch }) => {
    const base = `https://github.com/anchore/syft/releases/download/v${version}`;
    return {
      url: `${base}/syft_${version}_${os}_${arch}.tar.gz`,
      checksums: `${base}/syft_${version}_checksums.txt`,
      folder: ".",
    };
  },
  fromRegistries: (folder, report) => buildGoModule("syft", folder, report),
  compiles: true,
  manual: "https://github.com/anchore/syft#installation",
};
