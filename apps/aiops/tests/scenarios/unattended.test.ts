import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writeAttacks } from "./attacks.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { furtherFaults } from "./further-faults.ts";
import { InCluster } from "./in-cluster.ts";
import { Live } from "./live.ts";
import { Visitor } from "./visitor.ts";

/** How a run ended; one that did not come that far has not. */
interface Run {
  what: string;
  /** Seconds from the first failed request, or from the fault where none failed. */
  named?: number;
  repaired?: number;
  isFixable: boolean;
  isNamedFirst: boolean;
  /** Objects that are not as before. */
  harm?: string[];
  changes?: number;
}

/** Nobody calls anything and nobody agrees: the controller in the cluster is alone with the fault. */
describe("unattended, on a real cluster", () => {
  let live: Live;
  let controller: InCluster;
  const runs: Run[] = [];

  const begin = (what: string, isFixable: boolean): Run => {
    const run: Run = { what, isFixable, isNamedFirst: false };
    runs.push(run);
    return run;
  };

  /** By the cluster's own account, whatever the controller says. */
  const look = async (run: Run, before: Record<string, unknown>): Promise<void> => {
    const after = await live.wanted();
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    run.harm = [...names].filter((name) => !isOfController(name) && !isDeepStrictEqual(before[name], after[name]));
    expect(run.harm, "everything but the fault must be as before").toEqual([]);
  };

  beforeAll(async () => {
    live = await Live.open(async (opened) => {
      controller = await InCluster.open(opened.config);
      return controller.releases;
    });
  });

  afterEach(async () => {
    await live.restore();
    await live.until("no incident is open", async () => (await controller.open()).length === 0);
    await controller.isReady();
  });

  afterAll(() => {
    const fixable = runs.filter(({ isFixable }) => isFixable);
    const times = (of: "named" | "repaired"): string => {
      const all = runs.flatMap((run) => run[of] ?? []).toSorted((one, other) => one - other);
      return `${all[0] ?? "-"} / ${all[Math.floor(all.length / 2)] ?? "-"} / ${all.at(-1) ?? "-"} s`;
    };
    console.log(
      [
        `${runs.length} runs`,
        `cause named first ${runs.filter(({ isNamedFirst }) => isNamedFirst).length}`,
        `repaired ${fixable.filter(({ repaired }) => repaired !== undefined).length} of ${fixable.length}`,
        `harmless ${runs.filter(({ harm }) => harm?.length === 0).length}`,
        `most changes ${Math.max(...runs.map(({ changes }) => changes ?? 0))}`,
        `named after ${times("named")}`,
        `repaired after ${times("repaired")}`,
      ].join(", "),
    );
    console.table(runs);
  });

  it("finds nothing in a healthy stack, and nothing in what strangers have written into the logs", async () => {
    const run = begin("hostile logs", false);
    const before = await live.wanted();
    const known = await controller.known();
    const changes = await controller.changes();
    await writeAttacks(live);
    await sleep(20_000);
    expect(await controller.since(known)).toEqual([]);
    expect(await controller.changes()).toBe(changes);
    run.isNamedFirst = true;
    await look(run, before);
  });

  const isWhole = process.env.AIOPS_SCENARIOS === "all";
  /** Whether the pod of the controller is killed once while it names and repairs each fault. */
  const withKills = process.env.AIOPS_KILLS === "1";
  const onlyWatches = process.env.AIOPS_MODE === "watch";
  const all = isWhole ? [...faults, ...furtherFaults] : faults.filter(({ always }) => always === true);
  for (const fault of all)
    for (let round = 1; round <= Number(process.env.AIOPS_ROUNDS ?? 1); round += 1) {
      const action = onlyWatches ? undefined : fault.action;
      const does = action === undefined ? "tells a person" : `repairs it: ${action}`;
      it(`names ${fault.what}, and ${does} (round ${round})`, () => tryOut({ ...fault, action }));
    }

  const killAt = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
    console.log(`      the controller is killed after ${(milliseconds / 1000).toFixed(1)} s`);
    await controller.kill();
  };

  const tryOut = async (fault: Omit<Fault, "action"> & { action: Fault["action"] | undefined }): Promise<void> => {
    const { what, inject, action, also = [] } = fault;
    const finding = fault.atOnce ?? fault.finding;
    const run = begin(what, action !== undefined);
    const healthy = await live.wanted();
    const known = await controller.known();
    const changes = await controller.changes();
    const visitor = Visitor.start();
    const began = Date.now();
    const since = (): number => Math.round((Date.now() - (visitor.failedAt ?? began)) / 100) / 10;
    const isNamed = live
      .until("something is named", async () => (await controller.since(known)).length > 0, 180, 500)
      .then(() => (run.named = since()));
    try {
      const isKilled = withKills ? killAt(Math.random() * 12_000) : Promise.resolve();
      await Promise.all([inject(live), isNamed, isKilled]);
      const broken = await live.wanted();
      const found = await controller.since(known);
      const first = found[0]?.finding ?? "";
      const expected: string[] = [finding, ...also];
      run.isNamedFirst = expected.includes(first);
      expect(expected, JSON.stringify(found.map(({ summary }) => summary))).toContain(first);
      if (action === undefined) {
        await live.until("a person is told", () => controller.hasTold(finding), 120);
        await sleep(10_000);
        expect(await controller.changes(), "nothing must be done").toBe(changes);
        await look(run, broken);
        return;
      }
      for (const each of [finding, ...also])
        await live.until(`${each} is repaired`, async () => (await controller.stateOf(each)) === "repaired", 240, 500);
      await live.until("the application serves its data", () => live.isWell(), 120, 1_000);
      run.repaired = since();
      run.changes = (await controller.changes()) - changes;
      expect(run.changes, "one thing must be done for each fault, and no more").toBe(1 + also.length);
      expect(await controller.lastAction(finding)).toBe(action);
      await look(run, healthy);
    } finally {
      await visitor.stop();
    }
  };
});

/** What the controller writes, and what a release writes for it. */
const isOfController = (name: string): boolean => /^(ConfigMap|Deployment)\/todo-(operations|released)/.test(name);
