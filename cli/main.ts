import process from "node:process";
import { UserError } from "../provider/errors.ts";
import { runCommand, UsageError, wrongUsage } from "./command-line.ts";
import { commands } from "./command-table.ts";
import { ToolchainError } from "./errors.ts";
import { restoreModes } from "./executables.ts";
import { fileSystemProblem } from "./file-system.ts";

try {
  restoreModes();
  process.exitCode = await runCommand(commands, process.argv.slice(2));
} catch (error) {
  const told = error instanceof ToolchainError || error instanceof UserError ? error : fileSystemProblem(error);
  console.error(told === undefined ? error : `\n${told.message}`);
  process.exitCode = error instanceof UsageError ? wrongUsage : 1;
}
