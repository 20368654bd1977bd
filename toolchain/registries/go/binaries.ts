import { join } from "node:path";
import { toolFolder } from "../../paths.ts";
import type { Step } from "../../step.ts";
import { versions } from "../../tools/versions.ts";
import { type GoModuleName, goModules, goStep } from "./modules.ts";

/** The steps that build what runs inside the cluster's node. */
export const goSteps = (): Step[] => {
  const names: GoModuleName[] = ["kubernetes", "etcd", "coredns", "cri-dockerd", "crictl", "kube-router"];
  return names.map(goStep);
};

/** The path of an executable that is built from Go modules: `kubelet`, `etcd`, `cri-dockerd`, … It need not exist yet. */
export const goBinary = (name: string): string => {
  const found = Object.entries(goModules).find(([, { binaries }]) => name in binaries);
  if (found === undefined) throw new Error(`no Go module here gives an executable ${name}`);
  const module = found[0] as GoModuleName;
  return join(toolFolder(module, versions[module]), "bin", name);
};
