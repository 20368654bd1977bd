import process from "node:process";
import { UserError } from "../provider/errors.ts";
import { runCommand, UsageError, wrongUsage } from "./command-line.ts";
import { commands } from "./command-table.ts";
import { ToolchainError } from "./errors.ts";

try {
  process.exitCode = await runCommand(commands, process.argv.slice(2));
} catch (error) {
  const isForUser = error instanceof ToolchainError || error instanceof UserError;
  console.error(isForUser ? `\n${error.message}` : error);
  process.exitCode = error instanceof UsageError ? wrongUsage : 1;
}
