import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

// Loaded before the specs: whatever they make in the temporary folder is made in this one. Each process that Mocha
// starts for specs loads it too, and so has a folder of its own inside that of Mocha, which removes them all.
const folder = mkdtempSync(join(tmpdir(), "todo-stack-tests-"));
process.env["TMPDIR"] = folder;

/** Removes what the specs left. */
export async function mochaGlobalTeardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
