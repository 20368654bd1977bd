import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Interrupted, interruptedCode } from "../data/interruption.ts";
import { UserError } from "../provider/processes/errors.ts";
import { environment } from "../machine/tool-environment.ts";
import { restoreModes } from "../machine/executables.ts";
import { fileSystemProblem } from "../machine/file-system.ts";
import { readMachine } from "../machine/machine.ts";
import { followMove } from "../state/moved-checkout.ts";
import { pulumiHome } from "../machine/paths.ts";
import { mustBeInCheckout } from "./other-checkout.ts";
import { runPulumi } from "./run-pulumi.ts";

/**
 * What `npx pulumi` does: runs Pulumi for this checkout. In a checkout that was not set up yet on a machine that was,
 * it first does the quick rest of set-up.
 * @returns the exit code.
 */
export const pulumi = async (args: string[]): Promise<number> => {
  try {
    mustBeInCheckout(process.cwd());
    return await inCheckout(args);
  } catch (error) {
    const told = error instanceof UserError ? error : fileSystemProblem(error);
    if (told === undefined) throw error;
    console.error(told.message);
    // What was under way may take its time, and nobody waits for it.
    if (error instanceof Interrupted) process.exit(interruptedCode);
    return 1;
  }
};

const inCheckout = async (args: string[]): Promise<number> => {
  if (readMachine() === undefined || !hasPulumi()) {
    console.error(
      "The tools of the stack are missing or too old. Type: npm start, or npm run setup for the tools alone.",
    );
    return 1;
  }
  if (!existsSync(join(pulumiHome, "workspaces"))) {
    const { setUpCheckout } = await import("../setup/setup.ts");
    if (!(await setUpCheckout())) return 1;
  }
  restoreModes();
  followMove();
  return await runPulumi(args);
};

const hasPulumi = (): boolean =>
  (environment().PATH ?? "").split(":").some((folder) => existsSync(join(folder, "pulumi")));
