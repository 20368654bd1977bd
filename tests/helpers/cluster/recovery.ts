import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../machine/paths.ts";

const folder = join(checkout, "test-results");
const recoveries: Record<string, number[]> = {};
let title = "";

// At the root of every spec: whichever test runs is the one that recovers.
beforeEach(function () {
  title = this.currentTest?.title ?? "";
});

/**
 * Runs what puts a stack right, and prints how long that took. `test-results/recovery.json` keeps it, in seconds, by
 * the title of the test. Nothing depends on it.
 */
export async function timeToRecover<T>(recover: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const result = await recover();
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`      took ${seconds} s to recover`);
  recoveries[title] = [...(recoveries[title] ?? []), seconds];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "recovery.json"), `${JSON.stringify(recoveries, undefined, 2)}\n`);
  return result;
}
