import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.helm;

/** Helm, which lints the chart in tests. The Pulumi plugin for Kubernetes has Helm built in; its stand-in has not. */
export const helm: Tool = {
  name: "helm",
  version,
  accepts: "^3.18.0",
  versionArguments: ["version", "--short"],
  release: ({ os, arch }) => {
    const url = `https://get.helm.sh/helm-v${version}-${os}-${arch}.tar.gz`;
    return { url, checksums: `${url}.sha256sum`, folder: `${os}-${arch}` };
  },
  fromRegistries: (folder, report) => buildGoModule("helm", folder, report),
  compiles: true,
  manual: "https://helm.sh/docs/intro/install/",
};
