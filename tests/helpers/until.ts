import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Asks every half second until the answer is yes, for at most three minutes. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `three minutes passed and it is still not so that ${what}`);
    await sleep(500);
  }
}
