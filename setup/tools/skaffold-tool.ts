import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.skaffold;

/** Skaffold, with which the benchmarks compare. Only `npm run bench` needs it, and installs it. */
export const skaffold: Tool = {
  name: "skaffold",
  version,
  accepts: version,
  versionArguments: ["version", "--update-check=false"],
  release: ({ os, arch }) => {
    const base = `https://github.com/GoogleContainerTools/skaffold/releases/download/v${version}`;
    const url = `${base}/skaffold-${os}-${arch}`;
    return { url, checksums: `${url}.sha256` };
  },
  fromRegistries: (folder, report) => buildGoModule("skaffold", folder, report),
  compiles: true,
  manual: "https://skaffold.dev/docs/install/",
};
