import assert from "node:assert/strict";
import { stack } from "./stack.ts";

/** Makes a backup, and gives the path it names. */
export async function backUp(): Promise<string> {
  const { exitCode, all } = await stack.copy.npm("backup");
  assert.equal(exitCode, 0, all);
  const path = /Wrote (\S+)/.exec(all)?.[1];
  assert.ok(path !== undefined, `the backup must say where it is: ${all}`);
  return path;
}
