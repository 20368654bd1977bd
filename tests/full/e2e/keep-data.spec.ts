import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { stackState } from "../../../state/stack-files.ts";
import { Account } from "../../helpers/account.ts";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { inSequence } from "../../helpers/in-sequence.ts";
import type { WorkingCopy } from "../../helpers/working-copy.ts";
import { config, stackHandedOn } from "./stack.ts";

const seed = Number(process.env["TODO_STACK_SEED"] ?? 2);

/** What means another cluster or namespace, and how long it takes on a quiet machine, in seconds. */
const moves = [
  { setting: "namespace", value: "staging", seconds: 60 },
  { setting: "port", value: "30285", seconds: 120 },
] as const;

const titles = ["feed the cat", "water the plants", "买牛奶 'naïve' 🎉"];

/**
 * Somebody writes all the time while the data are taken along. The work is killed at a random moment, then typed again.
 * Each test builds on the one before.
 */
describe("the data of a stack that gets another namespace or cluster", function () {
  this.timeout("20m");
  inSequence();

  const random = xoroshiro128plus(seed);
  /** What the application has said that it has saved. */
  const promised: string[] = [];
  let copy: WorkingCopy;
  let reader: Account;
  let writer: Account;

  before(async () => {
    copy = await stackHandedOn();
    // Begun with another memory, so that the last test ends with the settings with which the stack is handed on.
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    await setTo({ memory: "3584" });
    await copy.up();
    const url = String((await copy.outputs())["url"]);
    [reader, writer] = [await Account.signUp(url), await Account.signUp(url)];
    for (const title of titles) await reader.add(title);
  });

  const setTo = async (settings: Record<string, string>): Promise<void> => {
    for (const [key, value] of Object.entries(settings)) {
      await copy.succeed("pulumi", ["config", "set", key, value, "--stack", copy.stack]);
    }
  };

  /** Every account and every todo, with all that is known of it, as lines of JSON. */
  const rows = async (): Promise<string[]> => {
    const { namespace, cluster } = stackState(copy.folder, copy.stack) ?? {};
    const view = new ClusterView(join(copy.folder, ".state", `${cluster?.profile ?? ""}.kubeconfig`), namespace);
    const query = ["users", "todos"].map((table) => `SELECT '${table} ' || to_jsonb(${table})::text FROM ${table}`);
    const psql = ["psql", "--username=todo", "--dbname=todo", "--tuples-only", "--no-align"];
    const { ok, output } = await view.exec("postgres", ...psql, `--command=${query.join(" UNION ALL ")} ORDER BY 1`);
    assert.ok(ok, output);
    return output.trim().split("\n");
  };

  const accountsIn = (all: string[]): string[] => all.filter((row) => row.startsWith("users "));

  /** Adds todos until it is told to stop, and remembers those that were taken. */
  const write = (): (() => Promise<void>) => {
    let goesOn = true;
    const work = async (): Promise<void> => {
      while (goesOn) {
        const title = `written meanwhile ${Date.now()}`;
        const answer = await writer.todos("POST", { title }).catch(() => undefined);
        if (answer?.status === 201) promised.push(title);
        await sleep(250);
      }
    };
    const done = work();
    return async () => {
      goesOn = false;
      await done;
    };
  };

  /**
   * Takes the data along to what is set now, and looks that all is there that was there, and all that was promised
   * since.
   */
  const takeAlong = async (before: string[], what: string): Promise<string> => {
    const { exitCode, all } = await copy.npm("start", {}, "--keep-data");
    assert.equal(exitCode, 0, `${what}\n${all}`);
    const url = String((await copy.outputs())["url"]);
    for (const account of [reader, writer]) account.moveTo(url);
    const after = await rows();
    assert.deepEqual(before.filter((row) => !after.includes(row)), [], `${what}: each must be as it was`); // prettier-ignore
    assert.deepEqual(accountsIn(after), accountsIn(before), `${what}: no account more or less`);
    const lost = promised.filter((title) => !after.some((row) => row.includes(title)));
    assert.deepEqual(lost, [], `${what}: what the application has taken must be there`);
    assert.deepEqual((await reader.titles()).toSorted(), titles.toSorted(), what);
    return all;
  };

  /** Starts to take the data along, and kills that at a random moment. @returns what was done, for the messages. */
  const killAtRandom = async (setting: string, seconds: number): Promise<string> => {
    const delay = uniformInt(random, 1_000, seconds * 1000) / 1000;
    const what = `another ${setting}, killed after ${delay.toFixed(1)} s (TODO_STACK_SEED=${seed})`;
    console.log(`      ${what}`);
    const start = copy.startInGroup("start", "--keep-data");
    start.output.resume();
    await Promise.race([sleep(delay * 1000), start.ended]);
    start.kill("SIGKILL");
    await start.ended;
    return what;
  };

  for (const { setting, value, seconds } of moves) {
    it(`come along to another ${setting}, also when npm start is killed at a random moment`, async () => {
      const before = await rows();
      await setTo({ [setting]: value });
      const stopWriting = write();
      let what: string;
      try {
        what = await killAtRandom(setting, seconds);
      } finally {
        await stopWriting();
      }
      await takeAlong(before, what);
      await copy.up("--expect-no-changes");
    });
  }

  it("come along from a cluster that is stopped to another memory, also when killed, and the backup stays, its owner's alone", async () => {
    const before = await rows();
    await setTo({ namespace: "todo", port: config.port, memory: config.memory });
    const refused = await copy.npm("start");
    assert.notEqual(refused.exitCode, 0, "nobody has said what is to become of the data");
    assert.match(refused.all, /will be lost.*npm start -- --keep-data/s);
    assert.deepEqual(await rows(), before, "a start that was refused must change nothing");

    const stopped = await copy.npm("stop");
    assert.equal(stopped.exitCode, 0, stopped.all);
    const what = await killAtRandom("memory, from a cluster that was stopped", 150);
    const all = await takeAlong(before, what);
    const backup = /The backup stays: (\S+\.dump)\./.exec(all)?.[1] ?? "";
    assert.equal((await stat(join(copy.folder, backup))).mode & 0o777, 0o600, `${backup} must be its owner's alone`);
    await copy.up("--expect-no-changes");
  });
});
