import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks every half second until the answer is yes.
 * @param minutes for how long at most.
 */
export async function until(what: string, isSo: () => Promise<boolean>, minutes = 3): Promise<void> {
  const deadline = Date.now() + minutes * 60_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `${minutes} minutes passed and it is still not so that ${what}`);
    await sleep(500);
  }
}
