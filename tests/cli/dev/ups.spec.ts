import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Ups } from "../../../cli/dev/ups.ts";

const settled = (): Promise<void> => sleep(500);

describe("npm run dev: when it runs `up`", () => {
  let files: string;
  let ran: string[];
  /** How each `up` ends. */
  let ends: (() => Promise<boolean>)[];
  let ups: Ups;
  let reported: unknown[];

  beforeEach(() => {
    files = "first";
    ran = [];
    ends = [];
    const up = async (): Promise<boolean> => {
      ran.push(files);
      return (await ends.shift()?.()) ?? true;
    };
    reported = [];
    ups = new Ups(
      up,
      () => files,
      (error) => reported.push(error),
    );
  });

  afterEach(() => ups.stop());

  it("once for many changes at a time", async () => {
    for (let change = 0; change < 5; change += 1) ups.want();
    await settled();
    assert.deepEqual(ran, ["first"]);
  });

  it("not when a file was written as it was", async () => {
    ups.want();
    await settled();
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"]);
  });

  it("once more for what changes while one runs, after that one", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    ends.push(() => promise);
    ups.want();
    await settled();
    files = "second";
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"], "two at once would meet at Pulumi's lock");
    resolve(true);
    await settled();
    assert.deepEqual(ran, ["first", "second"]);
  });

  it("again with the next edit of any kind after one that failed, and not before", async () => {
    ends.push(() => Promise.resolve(false));
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"]);
    // As Pulumi does to the settings while it runs.
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"], "a file that was written as it was is no edit");
    ups.retry();
    await settled();
    assert.deepEqual(ran, ["first", "first"]);
    files = "second";
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first", "first", "second"]);
  });

  it("not for an edit of the code when the last one was well", async () => {
    ups.want();
    await settled();
    files = "second";
    ups.retry();
    await settled();
    assert.deepEqual(ran, ["first"]);
  });

  it("again with the next edit of any kind after another command has undone it, and not before", async () => {
    assert.ok(!ups.isDone);
    ups.want();
    await settled();
    assert.ok(ups.isDone);
    ups.undone();
    assert.ok(!ups.isDone);
    // As the other command does to the settings.
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"], "a file that was written as it was is no edit");
    ups.retry();
    await settled();
    assert.deepEqual([ran, ups.isDone], [["first", "first"], true]);
  });

  it("after another look, when a file has gone while it was read", async () => {
    const gone = Object.assign(new Error("no such file"), { code: "ENOENT" });
    const looks = [gone];
    ups = new Ups(
      () => Promise.resolve(ran.push(files) > 0),
      () => {
        const error = looks.pop();
        if (error !== undefined) throw error;
        return files;
      },
      (error) => reported.push(error),
    );
    ups.want();
    await sleep(900);
    assert.deepEqual([ran, reported], [["first"], []]);
  });

  it("with the next edit, when a file could not be read, and says so", async () => {
    const denied = Object.assign(new Error("permission denied"), { code: "EACCES" });
    const looks = [denied];
    ups = new Ups(
      () => Promise.resolve(ran.push(files) > 0),
      () => {
        const error = looks.pop();
        if (error !== undefined) throw error;
        return files;
      },
      (error) => reported.push(error),
    );
    ups.want();
    await settled();
    assert.deepEqual([ran, reported], [[], [denied]]);
    ups.want();
    await settled();
    assert.deepEqual(ran, ["first"]);
  });

  it("not any more once it is stopped", async () => {
    ups.want();
    await ups.stop();
    assert.deepEqual(ran, []);
  });
});
