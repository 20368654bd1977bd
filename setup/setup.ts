import { messageOf } from "../provider/processes/errors.ts";
import { appPackagesStep } from "./app-packages.ts";
import { demandsOf, mustHaveSpace } from "./disk.ts";
import { oneAtATime } from "./setup-lock.ts";
import { lookAround, outOfReach, rememberMachine, setUpAfterLook } from "../machine/machine.ts";
import type { Machine } from "../machine/machine.ts";
import { pluginSteps } from "./plugins.ts";
import { goSteps, prometheusStep } from "../offline/registries/go/binaries.ts";
import { goToolchainStep } from "../offline/registries/go/go.ts";
import { imagesAreMadeHere } from "../offline/registries/images/made-here.ts";
import { imageSteps } from "../offline/registries/images/image-steps.ts";
import { checkout } from "../machine/paths.ts";
import { runSteps } from "./run-steps.ts";
import { plainSettings } from "../state/stack-files.ts";
import type { PlainSettings } from "../state/stack-files.ts";
import { stackStep } from "./stack-step.ts";
import { stackName } from "../state/stack.ts";
import type { Step } from "../machine/step.ts";
import { chromiumStep } from "./tools/chromium.ts";
import { kubeScore, untt } from "./tools/chart-checkers.ts";
import { dockerStep } from "./tools/docker-step.ts";
import { helm } from "./tools/helm-tool.ts";
import { actionlint, hadolint, shellcheck } from "./tools/linters.ts";
import { minikube } from "./tools/minikube-tool.ts";
import { pulumi } from "./tools/pulumi-tool.ts";
import { toolStep } from "../machine/tool-download.ts";
import { uv } from "./tools/uv-tool.ts";

/**
 * Makes sure of everything the stack needs on this machine and in this checkout.
 * @param more what only some commands need besides.
 * @throws UserError naming what is missing and how to get it.
 */
export const setUp = async (more: Step[] = []): Promise<void> => {
  await setUpSteps(() => [...stackSteps(), ...more]);
};

/** Makes sure of the little that a preview needs: Pulumi and Helm. @throws UserError as {@link setUp}. */
export const setUpForReview = async (): Promise<void> => {
  await setUpSteps(previewSteps);
};

const previewSteps = (): Step[] => [pulumi, helm].map(toolStep);

/** @param stepsHere the steps on this machine, once it is known. */
const setUpSteps = async (stepsHere: () => Step[]): Promise<void> => {
  await oneAtATime(
    () => setUpAlone(stepsHere),
    () => console.error("Another set-up is running; waiting for it to end."),
  );
};

const setUpAlone = async (stepsHere: () => Step[]): Promise<void> => {
  await setUpAfterLook(look, async () => {
    const steps = await withCompiler(await unfinished(stepsHere()));
    await mustHaveSpace(demandsOf(steps));
    await runSteps(steps);
  });
};

/** Does the quick rest of set-up on a machine that has the tools. @returns false, with a message, if that failed. */
export const setUpCheckout = async (): Promise<boolean> => {
  try {
    for (const step of await unfinished([...pluginSteps(), stackStep()])) await step.run(() => undefined);
    return true;
  } catch (error) {
    console.error(messageOf(error));
    return false;
  }
};

/**
 * Looks again which places answer, for the set-up that comes next.
 * @param without hosts that are not to be used, although they may answer.
 */
export const lookAtMachine = async (without: string[] = []): Promise<void> => {
  rememberMachine(await look(without));
};

/** Looks which places answer, and says which do not. */
const look = async (without: string[] = []): Promise<Machine> => {
  const machine = await lookAround(without);
  const hosts = outOfReach(machine);
  if (hosts.length > 0)
    console.error(
      `This machine cannot reach ${hosts.join(", ")}. What is installed already is used. The rest is built from package registries ` +
        "where that is possible, which takes long the first time. To see what, type: npm run doctor. To look again: npm run setup -- --again",
    );
  return machine;
};

/**
 * What a stack needs.
 * @param settings its own; the engine of Docker is needed by its own driver alone.
 * @param makesImages whether the images of a cluster are made here.
 */
export const stackSteps = (
  { driver, monitoring }: Pick<PlainSettings, "driver" | "monitoring"> = plainSettings(checkout, stackName()),
  makesImages = imagesAreMadeHere(),
): Step[] =>
  makesImages
    ? [
        // First what goes into images, which are made while the rest is compiled.
        ...goSteps(),
        ...[minikube, helm, pulumi].map(toolStep),
        // By far the longest of these to build, for what few stacks have.
        ...(monitoring ? [prometheusStep()] : []),
        ...imageSteps(),
        ...pluginSteps(),
        stackStep(),
      ]
    : [
        ...(driver === "docker" ? [dockerStep()] : []),
        ...[pulumi, minikube, helm].map(toolStep),
        ...pluginSteps(),
        stackStep(),
      ];

/**
 * Makes sure of what tests need. Without a cluster that is no Docker, no image and no browser.
 * @param cluster whether they bring one up.
 * @param more what only some of them need.
 * @throws UserError as {@link setUp}.
 */
export const setUpForTests = async (cluster: boolean, more: Step[]): Promise<void> => {
  await setUpSteps(() => [
    ...(cluster ? [...stackSteps(), chromiumStep()] : [...previewSteps(), ...pluginSteps(), stackStep()]),
    ...[untt, kubeScore, uv, hadolint, shellcheck, actionlint].map(toolStep),
    ...[appPackagesStep("frontend"), appPackagesStep("aiops")],
    ...more,
  ]);
};

/** What compiles needs Go, and nothing else does. */
const withCompiler = async (steps: Step[]): Promise<Step[]> =>
  steps.some(({ compiles }) => compiles === true) ? [...(await unfinished([goToolchainStep()])), ...steps] : steps;

const unfinished = async (steps: Step[]): Promise<Step[]> => {
  const unique = [...new Map(steps.map((step) => [step.title, step])).values()];
  const done = await Promise.all(unique.map((step) => step.isDone()));
  return unique.filter((_, index) => done[index] !== true);
};
