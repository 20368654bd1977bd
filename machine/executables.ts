import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./paths.ts";

const roots = ["kube-proxy", "minikube-node", "nodejs", "postgres-entrypoint", "postgres", "python", "small-root"];

/** The files of a checkout that others start by their paths, relative to it. */
export const executables: string[] = [
  "policies/pulumi-analyzer-todo-stack",
  "provider/pulumi-resource-minikube",
  ...roots.map((name) => `offline/registries/images/roots/${name}.sh`),
  "offline/registries/images/runc/todo-stack-runc.sh",
];

/** Makes these files executable where a clone with `core.fileMode=false`, an archive or a copy has lost that. */
export const restoreModes = (folder: string = checkout): void => {
  for (const name of executables) {
    const path = join(folder, name);
    const { mode = 0o100 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if ((mode & 0o100) !== 0) continue;
    try {
      // For everybody who may read it.
      chmodSync(path, (mode & 0o777) | ((mode & 0o444) >> 2));
    } catch {
      // It is somebody else's file: who starts it says so.
    }
  }
};
