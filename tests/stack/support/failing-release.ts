import assert from "node:assert/strict";
import type { Fault } from "./chart-faults.ts";
import { stack } from "./stack.ts";

/**
 * Brings the stack up with the fault in its chart, which must be named, and looks that the version before runs again.
 */
export async function releaseWith({ file, edit, says, shows }: Fault): Promise<void> {
  const { copy, cluster } = stack;
  const path = `charts/todo/templates/${file}`;
  const before = await cluster.podNames("backend");
  await copy.edit(path, ...edit);
  try {
    const begin = Date.now();
    const { exitCode, all } = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]);
    console.log(`      said, and gone back, after ${Math.round((Date.now() - begin) / 1000)} s`);
    assert.notEqual(exitCode, 0, "a release that is not healthy must not count as a success");
    assert.match(all, says, `the error must name pod, container and reason:\n${all}`);
    if (shows !== undefined) assert.match(all, shows, `the error must show what explains it:\n${all}`);
    assert.match(all, /To look: kubectl .* get pods,events/, `the error must say what to type next:\n${all}`);
    assert.match(all, /The previous revision \d+ runs again\./, `the release must be rolled back:\n${all}`);
  } finally {
    await copy.edit(path, edit[1], edit[0]);
  }
  assert.deepEqual(await cluster.podNames("backend"), before, "the previous backend must be left alone");
  assert.equal((await fetch(`${stack.url}/api/health`)).status, 200);
}

/** Brings the stack up with no fault left, which must be enough. */
export async function convergeAgain(): Promise<void> {
  await stack.copy.up();
  await stack.copy.up("--expect-no-changes");
}
