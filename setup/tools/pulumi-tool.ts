import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.pulumi;

/** The Pulumi CLI. Its official release brings the language host for Node along. */
export const pulumi: Tool = {
  name: "pulumi",
  version,
  // A newer minor replaces what is `deletedWith` a cluster together with it, which is untested: see decision 1.
  accepts: `~${version}`,
  versionArguments: ["version"],
  release: ({ os, arch }) => {
    const base = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
    return {
      url: `${base}/pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : "arm64"}.tar.gz`,
      checksums: `${base}/pulumi-${version}-checksums.txt`,
      folder: "pulumi",
    };
  },
  fromRegistries: (folder, report) => buildGoModule("pulumi", folder, report),
  compiles: true,
  manual: "https://www.pulumi.com/docs/install/",
};
