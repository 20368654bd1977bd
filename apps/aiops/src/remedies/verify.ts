import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../operation-error.ts";
import type { Released, Snapshot } from "../diagnosis/snapshot.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import { judge, restartsBy } from "./judge.ts";
import type { Before, Judgement } from "./judge.ts";
import type { Plan } from "./remedy-plan.ts";
import type { Means } from "./remediation.ts";
import { stuckPodsOf } from "./stuck-pods.ts";

/** Something that was done. */
export interface Done {
  plan: Plan;
  /** What was wrong before. */
  before: Before;
  /** Of the object since; undefined where the API counts none. */
  generation: number | undefined;
}

/** Whether there is another release than the one that is known: then whoever makes that has the say. */
export const isReplaced = (known: Released | undefined, { released }: Pick<Snapshot, "released">): boolean =>
  known !== undefined && released === undefined;

/** @returns what the cluster shows once all is well and stays so, or when the time is up. */
export const verify = async ({ plan, before }: Done, means: Means): Promise<Judgement> => {
  const { cluster, audit, readReleased, limits, mayGoOn = () => true, mayReplace = true } = means;
  const evicted = new Set<string>();
  const deadline = Date.now() + limits.patience;
  let wellSince: { time: number; restarts: number } | undefined;
  let last = unknown("Nothing is known.");
  // What is well when the time is up may still show that it stays so.
  while (Date.now() < deadline + (wellSince === undefined ? 0 : limits.steady)) {
    if (!mayGoOn()) throw new OperationError("Somebody else has taken over.");
    const released = readReleased();
    const snapshot = await cluster.snapshot(released).catch(() => undefined);
    if (snapshot !== undefined && isReplaced(released, snapshot)) {
      return unknown("Another release was made meanwhile. Whoever made it looks after it.");
    }
    const shown = snapshot === undefined ? undefined : judge(plan, before, snapshot);
    const judged =
      shown === undefined || shown.state === "open" ? unknown(shown?.why ?? "The cluster does not answer.") : shown;
    const restarts = snapshot === undefined ? 0 : restartsBy(plan, before, snapshot);
    if (judged.state !== "well" || wellSince?.restarts !== restarts) wellSince = undefined;
    if (judged.state === "well") wellSince ??= { time: Date.now(), restarts };
    if (wellSince !== undefined && Date.now() - wellSince.time >= limits.steady) return judged;
    last = judged.state === "well" ? { state: "wrong", why: "It is not well for long enough." } : judged;
    const stuck = snapshot === undefined ? [] : stuckPodsOf(plan.action.object, snapshot);
    if (stuck.length > 0 && plan.action.type !== "replace" && !mayReplace) {
      return { state: "open", why: "Done. Now a broken pod must be ended, which the policy does not simply allow." };
    }
    // A pod that is gone by now is none any more; what the server refuses is seen in what is left.
    for (const pod of stuck) {
      // Once for each pod: what is refused is tried again and again. The next one has the same name.
      const uid = pod.metadata?.uid ?? "";
      if (!evicted.has(uid))
        await audit.write({ event: "evicting", plan: plan.id, finding: plan.finding, object: `Pod/${nameOf(pod)}` });
      evicted.add(uid);
      await cluster.evict(pod).catch(() => undefined);
    }
    await sleep(limits.pause);
  }
  return last;
};

const unknown = (why: string): Judgement => ({
  state: "open",
  why: `${why} So it is not known whether it helped, and it was left as it is.`,
});
