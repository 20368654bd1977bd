import { statusOf } from "../kubernetes/refusal.ts";
import { verifyOrUndo } from "../remedies/remediation.ts";
import type { Means } from "../remedies/remediation.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Incident } from "../incidents/incident.ts";

/** What was begun longer ago is left to a person, in milliseconds. */
const longest = 30 * 60_000;

/** What came of it, as of a remediation; `told` means that it needs a person. */
export interface Outcome {
  state: string;
  outcome: string;
}

/**
 * Goes on with what another controller has begun: waits until the cluster shows that it helped, and else undoes it. By
 * the generation, which counts what is wanted of an object, it knows whether it was done at all, and whether somebody
 * has changed the object since.
 */
export const goOn = async ({ work }: Pick<Incident, "work">, means: Means): Promise<Outcome> => {
  if (work?.applied !== true) return { state: "open", outcome: "The controller was stopped before it did anything." };
  const { plan, generation, before = { findings: [], workloads: [] } } = work;
  if (Date.now() - Date.parse(plan.at) > longest) {
    return { state: "told", outcome: "The controller was away for too long to judge what it has done." };
  }
  const { object, uid } = plan.action;
  const found = await means.cluster.read(object).catch(noneIfGone);
  if (found === undefined) {
    return uid === undefined
      ? { state: "open", outcome: "The controller was stopped before it made anything." }
      : { state: "told", outcome: `${display(object)} is gone.` };
  }
  const now = found.metadata?.generation;
  if (generation !== undefined && now !== undefined) {
    if (now === generation) return { state: "open", outcome: "The controller was stopped before it changed anything." };
    if (now > generation + 1) return { state: "told", outcome: "Somebody else has changed the object meanwhile." };
  }
  const result: Outcome = { state: "open", outcome: "" };
  await verifyOrUndo({ plan, before, generation: now }, means, (state, outcome) =>
    Object.assign(result, { state, outcome }),
  );
  return result;
};

const noneIfGone = (error: unknown): undefined => {
  if (statusOf(error) !== 404) throw error;
};
