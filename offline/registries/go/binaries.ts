import { join } from "node:path";
import type { Step } from "../../../machine/step.ts";
import { imagesAreMadeHere } from "../images/made-here.ts";
import { goFolder, type GoModuleName, goModules, goStep } from "./modules.ts";

/** The steps that build what runs inside the cluster's node. */
export const goSteps = (): Step[] => {
  const names: GoModuleName[] = ["kubernetes", "coredns", "cri-dockerd"];
  return names.map(goStep);
};

/** The step that builds the ingress controller of the tests, where its image cannot be pulled. */
export const ingressControllerStep = (): Step => whereNothingIsPulled(goStep("traefik"));

/** The step that builds Prometheus, where its image cannot be pulled. */
export const prometheusStep = (): Step => whereNothingIsPulled(goStep("promtool"));

// Asked when it is its turn: before set-up has looked around, nobody knows.
const whereNothingIsPulled = (step: Step): Step => ({
  ...step,
  isDone: async () => !imagesAreMadeHere() || (await step.isDone()),
});

/**
 * The path of an executable that is built from Go modules: `kubelet`, `etcd`, `cri-dockerd`, … It need not exist yet.
 */
export const goBinary = (name: string): string => join(goFolder(moduleOf(name)), "bin", name);

/** The title of the step that builds an executable. */
export const goBinaryStep = (name: string): string => goStep(moduleOf(name)).title;

const moduleOf = (name: string): GoModuleName => {
  const found = Object.entries(goModules).find(([, { binaries }]) => name in binaries);
  if (found === undefined) throw new Error(`no Go module here gives an executable ${name}`);
  return found[0] as GoModuleName;
};
