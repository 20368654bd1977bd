import { buildGoModule } from "../../offline/registries/go/modules.ts";
import type { Tool } from "../../machine/tool-download.ts";
import { versions } from "../../versions.ts";

const version = versions.minikube;

/** Minikube, which makes the cluster. */
export const minikube: Tool = {
  name: "minikube",
  version,
  accepts: `^${version}`,
  versionArguments: ["version", "--short"],
  release: ({ os, arch }) => {
    const url = `https://github.com/kubernetes/minikube/releases/download/v${version}/minikube-${os}-${arch}`;
    return { url, checksums: `${url}.sha256` };
  },
  fromRegistries: (folder, report) => buildGoModule("minikube", folder, report),
  compiles: true,
  manual: "https://minikube.sigs.k8s.io/docs/start/",
};
