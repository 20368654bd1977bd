import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

// Loaded before the specs: whatever they make in the temporary folder is made in this one.
const folder = mkdtempSync(join(tmpdir(), "todo-stack-tests-"));
process.env["TMPDIR"] = folder;

/** Removes what the specs left. */
export async function mochaGlobalTeardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
