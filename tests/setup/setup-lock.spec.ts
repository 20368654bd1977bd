import assert from "node:assert/strict";
import { createFixture } from "fs-fixture";
import { oneAtATime } from "../../setup/setup-lock.ts";

describe("one set-up at a time", () => {
  it("lets the second begin when the first has ended, and says that it waits", async () => {
    await using fixture = await createFixture();
    const events: string[] = [];
    let endFirst = (): void => undefined;
    const firstMayEnd = new Promise<void>((resolve) => (endFirst = resolve));
    let firstBegan = (): void => undefined;
    const began = new Promise<void>((resolve) => (firstBegan = resolve));

    const first = oneAtATime(
      async () => {
        firstBegan();
        await firstMayEnd;
        events.push("first ends");
      },
      () => events.push("first waits"),
      fixture.path,
    );
    await began;
    const second = oneAtATime(
      () => Promise.resolve(events.push("second begins")),
      () => {
        events.push("second waits");
        endFirst();
      },
      fixture.path,
    );
    await Promise.all([first, second]);
    assert.deepEqual(events, ["second waits", "first ends", "second begins"]);
  });

  it("lets the next begin after a failure", async () => {
    await using fixture = await createFixture();
    const nobodyWaits = (): never => assert.fail("there is nobody to wait for");
    await assert.rejects(
      oneAtATime(() => Promise.reject(new Error("broken")), nobodyWaits, fixture.path),
      /broken/,
    );
    assert.equal(await oneAtATime(() => Promise.resolve("done"), nobodyWaits, fixture.path), "done");
  });
});
