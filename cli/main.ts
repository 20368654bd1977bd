import process from "node:process";
import { Interrupted, interruptedCode } from "../data/interruption.ts";
import { UserError } from "../provider/processes/errors.ts";
import { runCommand, UsageError, wrongUsage } from "./command-line.ts";
import { commands } from "./command-table.ts";
import { restoreModes } from "../machine/executables.ts";
import { fileSystemProblem } from "../machine/file-system.ts";

try {
  restoreModes();
  process.exitCode = await runCommand(commands, process.argv.slice(2));
} catch (error) {
  const told = error instanceof UserError ? error : fileSystemProblem(error);
  console.error(told === undefined ? error : `\n${told.message}`);
  process.exitCode = error instanceof UsageError ? wrongUsage : 1;
  // What was under way may take its time, and nobody waits for it.
  if (error instanceof Interrupted) process.exit(interruptedCode);
}
