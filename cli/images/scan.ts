import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { messageOf } from "../../provider/processes/errors.ts";
import { checkout } from "../../machine/paths.ts";
import { mustHaveMinikube } from "../../pulumi/existing-target.ts";
import { setUp } from "../../setup/setup.ts";
import { toolStep } from "../../machine/tool-download.ts";
import { stackName } from "../../state/stack.ts";
import { trivy } from "../../setup/tools/trivy-tool.ts";
import { type Allowance, AllowanceError, divide, readAllowances } from "./allowances.ts";
import { type ImageArchive, withImageArchives } from "./archives.ts";
import { type Finding, findingsIn } from "./trivy-report.ts";
import { runTrivy } from "./trivy.ts";

/** How `npm run scan` ends. Only `clean` may be deployed. */
export const exitCodes = { clean: 0, findings: 1, usage: 2, notScanned: 3 } as const;

/** Builds both images in the cluster, releases nothing, and looks at them. Returns one of {@link exitCodes}. */
export const scan = async (): Promise<number> => {
  try {
    // Not by the table of commands: nothing but NOT SCANNED may be told of images that nobody has looked at.
    mustHaveMinikube("scan", stackName());
    const allowances = readAllowances(
      readFileSync(join(checkout, "apps", "allowed-findings.yaml"), "utf8"),
      new Date().toISOString().slice(0, 10),
    );
    await setUp([toolStep(trivy)]);
    return await withImageArchives((images) => scanImages(images, allowances, toolEnvironment()));
  } catch (error) {
    console.error(`\n${messageOf(error)}`);
    if (error instanceof AllowanceError) return exitCodes.usage;
    console.error("\nNOT SCANNED. Nothing is known of the images.");
    return exitCodes.notScanned;
  }
};

/**
 * Looks at images and says what was found.
 * @param env the environment in which `trivy` is looked up.
 * @returns one of {@link exitCodes}; one image that could not be scanned leaves none clean.
 */
export const scanImages = async (
  images: ImageArchive[],
  allowances: Allowance[],
  env: NodeJS.ProcessEnv,
): Promise<number> => {
  const findings: Finding[] = [];
  const unscanned: string[] = [];
  for (const image of images) {
    try {
      const found = findingsIn(await runTrivy(image, env));
      findings.push(...found);
      tell(image, found, allowances);
    } catch (error) {
      unscanned.push(image.reference);
      console.error(`\n${image.reference}: ${messageOf(error)}`);
    }
  }
  const { stopping, idle } = divide(findings, allowances);
  return conclude(stopping, unscanned, idle, images.length);
};

const tell = (image: ImageArchive, found: Finding[], allowances: Allowance[]): void => {
  const { stopping, allowed } = divide(found, allowances);
  console.log(`\n${image.reference}: ${stopping.length} to fix, ${allowed.length} allowed`);
  for (const { severity, text } of stopping) console.log(`  ${severity.padEnd(8)}  ${text}`);
  for (const { text } of allowed) console.log(`  allowed   ${text}`);
};

const conclude = (stopping: Finding[], unscanned: string[], idle: Allowance[], images: number): number => {
  if (unscanned.length > 0 || images === 0) {
    console.error(`\nNOT SCANNED: ${unscanned.join(", ") || "there is no image"}. Nothing is known of it.`);
  }
  if (stopping.length > 0) {
    console.error(`\nFINDINGS: ${stopping.length} of severity HIGH or CRITICAL. Fix them, or allow each for a while`);
    console.error("with a reason in apps/allowed-findings.yaml.");
    return exitCodes.findings;
  }
  if (unscanned.length > 0 || images === 0) return exitCodes.notScanned;
  for (const { id } of idle) console.log(`\nThe allowance of ${id} is not needed any more: remove it.`);
  console.log("\nCLEAN: nothing of severity HIGH or CRITICAL. Next: npm start");
  return exitCodes.clean;
};
