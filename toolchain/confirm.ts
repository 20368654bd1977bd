import process from "node:process";
import { createInterface } from "node:readline/promises";
import { ToolchainError } from "./errors.ts";

/**
 * Asks whoever sits at the terminal.
 * @param what would be lost, as a sentence.
 * @returns true for "yes" alone.
 * @throws ToolchainError when nobody is there.
 */
export const confirmed = async (what: string): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new ToolchainError(what, "Nobody is there to be asked. To do it all the same: --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${what} Type yes: `);
  terminal.close();
  return answer.trim() === "yes";
};
