import which from "which";
import type { Step } from "../../../machine/step.ts";
import { installPackages } from "../apt.ts";
import { baseImages, baseImageStep } from "./base-images.ts";
import { ensureDockerEngine } from "./debian-docker.ts";
import { nodeImageStep } from "./node-image.ts";
import { preloadStep } from "./preload.ts";

/**
 * The steps that make every image from package registries. Those that need no Go program come first, and run beside the
 * compiler.
 */
export const imageSteps = (): Step[] => {
  const images = baseImages();
  return [
    ensureDockerEngine(),
    debianToolsStep(),
    ...images.filter(({ program }) => program === undefined).map(baseImageStep),
    nodeImageStep(),
    ...images.filter(({ program }) => program !== undefined).map(baseImageStep),
    preloadStep(),
  ];
};

/** What makes root file systems: mmdebstrap, and `strip`, which takes a sixth off Node.js. */
const debianToolsStep = (): Step => ({
  title: "mmdebstrap",
  isDone: async () => {
    const found = await Promise.all(["mmdebstrap", "strip"].map((command) => which(command, { nothrow: true })));
    return !found.includes(null);
  },
  run: (report) => installPackages(["mmdebstrap", "binutils"], report),
});
