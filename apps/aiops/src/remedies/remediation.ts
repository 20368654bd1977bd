import type { Records } from "../audit.ts";
import { diagnose } from "../diagnosis/all-findings.ts";
import { OperationError } from "../operation-error.ts";
import type { Cluster } from "../kubernetes/cluster-reads.ts";
import { reasonOf } from "../kubernetes/refusal.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Released, Snapshot } from "../diagnosis/snapshot.ts";
import { choose } from "./choose.ts";
import { beforeOf } from "./judge.ts";
import { planOf } from "./remedy-plan.ts";
import type { Plan } from "./remedy-plan.ts";
import { isReplaced, verify } from "./verify.ts";
import type { Done } from "./verify.ts";
import { carryOut, tryOut, undo } from "./write.ts";

/**
 * How far a remediation has come. `kept`: it did not help, and cannot be put back. `left`: it is not known yet whether
 * it helps. `told`: it needs a person.
 */
export type State = "applying" | "verifying" | "fixed" | "undone" | "kept" | "left" | "told" | "refused";

/** What was done, and what came of it by the cluster's own account. */
export interface Remediation {
  plan: string;
  finding: string;
  action: string;
  state: State;
  /** In a sentence. */
  outcome: string;
}

/** Limits of what is done, and how long is waited. In milliseconds, save {@link Limits.attempts}. */
export interface Limits {
  /** Most attempts for one finding within {@link Limits.window}. */
  attempts: number;
  window: number;
  /** Between two attempts for one finding. */
  coolDown: number;
  /** How long a fix may take to show. */
  patience: number;
  /** How long all must stay well before it counts. */
  steady: number;
  pause: number;
}

export const defaultLimits: Limits = {
  attempts: 3,
  window: 3_600_000,
  coolDown: 60_000,
  patience: 240_000,
  steady: 15_000,
  pause: 2_000,
};

/** What a remediation works with. */
export interface Means {
  cluster: Cluster;
  audit: Records;
  readReleased: () => Released | undefined;
  limits: Limits;
  /** Asks anew what the next look would otherwise know from before. By default a look asks for everything itself. */
  askAnew?: () => Promise<void>;
  /** False once somebody else has taken over: then what was begun is theirs. By default nobody does. */
  mayGoOn?: () => boolean;
  /** Whether a broken pod may be ended while something else is done. By default it may: a person agreed to that. */
  mayReplace?: boolean;
}

/** @throws OperationError when too much was tried for a finding already. */
export const mustBeAllowed = (finding: string, { audit, limits }: Pick<Means, "audit" | "limits">): void => {
  const now = Date.now();
  const recent = audit.appliedFor(finding).filter((time) => now - time < limits.window);
  if (recent.length >= limits.attempts) {
    throw new OperationError(
      `${limits.attempts} attempts for ${finding} did not hold.`,
      "It needs a person: npm run doctor",
    );
  }
  const wait = (recent.at(-1) ?? 0) + limits.coolDown - now;
  if (wait > 0)
    throw new OperationError(`The last attempt for ${finding} was just now.`, `Wait ${Math.ceil(wait / 1000)} s.`);
};

/**
 * Carries a plan out that a person has agreed to: looks whether everything is still as it was then, changes it, waits
 * until the cluster shows that it helped, and else undoes it.
 * @param tell hears of each step.
 */
export const remediate = async (
  plan: Plan,
  means: Means,
  tell: (state: State, outcome: string) => void,
): Promise<void> => {
  const { cluster, audit, readReleased } = means;
  const about = aboutOf(plan);
  let done: Done;
  try {
    await cluster.verify();
    mustBeAllowed(plan.finding, means);
    const released = readReleased();
    await means.askAnew?.();
    const snapshot = await cluster.look(released);
    if (isReplaced(released, snapshot)) throw new OperationError("A release is under way: nothing was done.");
    mustBeAsPlanned(plan, snapshot);
    await tryOut(cluster, plan.action, snapshot);
    await audit.write({ event: "applied", hash: plan.hash, ...about });
    done = { plan, before: beforeOf(snapshot), generation: await carryOut(cluster, plan.action, snapshot) };
  } catch (error) {
    const why = error instanceof OperationError ? error.message : "The cluster did not answer. Nothing was verified.";
    await audit.write({ event: "refused", why, ...about });
    tell("refused", why);
    return;
  }
  await verifyOrUndo(done, means, tell);
};

/**
 * The second half of {@link remediate}, for what has been done: waits until it shows that it helped, and else undoes
 * it, unless somebody else has changed the object since.
 */
export const verifyOrUndo = async (
  done: Done,
  means: Means,
  tell: (state: State, outcome: string) => void,
): Promise<void> => {
  const { plan, generation } = done;
  const { cluster, audit } = means;
  const { action } = plan;
  const end = async (event: string, state: State, outcome: string): Promise<void> => {
    await audit.write({ event, why: outcome, ...aboutOf(plan) });
    tell(state, outcome);
  };
  tell("verifying", "Done. Waiting until the cluster shows that it helped.");
  const { state, why } = await verify(done, means);
  if (state === "well") {
    await audit.write({ event: "fixed", ...aboutOf(plan) });
    tell("fixed", why);
    return;
  }
  if (state === "open") {
    await end("kept", "left", why);
    return;
  }
  const failed = `It did not help: ${withoutDot(why)}.`;
  const back = await undo(cluster, action, generation).catch(reasonOf);
  if (back === "undone") await end("undone", "undone", `${failed} What was there before was put back.`);
  else if (back === "changed")
    await end(
      "kept",
      "told",
      `${failed} Somebody else has changed ${display(action.object)} since: it was left alone.`,
    );
  else if (back !== "kept")
    await end("kept", "kept", `${failed} What was there before could not be put back: ${withoutDot(back)}.`);
  else if (action.type === "scale") await end("kept", "kept", `${failed} No pod is taken away again.`);
  else await end("kept", "kept", `${failed} There is nothing to put back.`);
};

const withoutDot = (sentence: string): string => sentence.replace(/\.$/, "");

const aboutOf = ({ id, finding, action }: Plan): object => ({
  plan: id,
  finding,
  action: action.type,
  object: display(action.object),
});

/** @throws OperationError when the finding is gone, or anything that the plan has seen is another now. */
const mustBeAsPlanned = (plan: Plan, snapshot: Snapshot): void => {
  const finding = diagnose(snapshot).find(({ id }) => id === plan.finding);
  if (finding === undefined) throw new OperationError(`${plan.finding} is gone: nothing was done.`, "diagnose");
  const action = choose(finding, snapshot, plan.at);
  if ("refused" in action || planOf(finding, action, plan.at).hash !== plan.hash) {
    throw new OperationError(
      `${display(plan.action.object)} has changed since the plan was made: nothing was done.`,
      "plan_remediation",
    );
  }
};
