import { setTimeout as sleep } from "node:timers/promises";
import type { Records } from "../audit.ts";
import { diagnose } from "../diagnose.ts";
import { OperationError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Cluster } from "../kubernetes/cluster.ts";
import { display, isReady, isSettled, podsOf, restartsOf, workloadsOf } from "../snapshot.ts";
import type { ObjectRef, Released, Snapshot } from "../snapshot.ts";
import { choose } from "./choose.ts";
import { planOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { stuckPodsOf } from "./stuck-pods.ts";
import { carryOut, tryOut, undo } from "./write.ts";

/** How far a remediation has come. */
export type State = "applying" | "verifying" | "fixed" | "undone" | "kept" | "refused";

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
  /** False once somebody else has taken over: then what was begun is theirs. By default nobody does. */
  mayGoOn?: () => boolean;
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
  try {
    await cluster.verify();
    mustBeAllowed(plan.finding, means);
    mustBeAsPlanned(plan, await cluster.look(readReleased()));
    await tryOut(cluster, plan.action);
    await audit.write({ event: "applied", hash: plan.hash, ...about });
    await carryOut(cluster, plan.action);
  } catch (error) {
    const why = error instanceof OperationError ? error.message : "The cluster did not answer. Nothing was verified.";
    await audit.write({ event: "refused", why, ...about });
    tell("refused", why);
    return;
  }
  await verifyOrUndo(plan, means, tell);
};

/**
 * The second half of {@link remediate}, for what has been done: waits until it shows that it helped, and else undoes
 * it.
 */
export const verifyOrUndo = async (
  plan: Plan,
  means: Means,
  tell: (state: State, outcome: string) => void,
): Promise<void> => {
  const { cluster, audit } = means;
  const about = aboutOf(plan);
  tell("verifying", "Done. Waiting until the cluster shows that it helped.");
  const left = await verify(plan, means);
  if (left === undefined) {
    await audit.write({ event: "fixed", ...about });
    tell(
      "fixed",
      `${plan.finding} is gone, everything that it touched is ready, and no container was restarted since.`,
    );
    return;
  }
  const isUndone = await undo(cluster, plan.action).catch(() => false);
  await audit.write({ event: isUndone ? "undone" : "kept", why: left, ...about });
  if (isUndone) tell("undone", `It did not help: ${left}. What was there before was put back.`);
  else tell("kept", `It did not help: ${left}. There is nothing to put back.`);
};

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

/** @returns undefined once all is well and stays so; else what is still wrong when the time is up. */
const verify = async (
  plan: Plan,
  { cluster, readReleased, limits, mayGoOn = () => true }: Means,
): Promise<string | undefined> => {
  const deadline = Date.now() + limits.patience;
  let wellSince: { time: number; restarts: number } | undefined;
  let left = "nothing is known";
  while (Date.now() < deadline) {
    if (!mayGoOn()) throw new OperationError("Somebody else has taken over.");
    const snapshot = await cluster.snapshot(readReleased()).catch(() => undefined);
    const wrong = snapshot === undefined ? "the cluster does not answer" : stillWrong(plan, snapshot);
    const restarts = restartsOf(snapshot?.pods ?? []);
    if (wrong !== undefined || wellSince?.restarts !== restarts) wellSince = undefined;
    if (wrong === undefined) wellSince ??= { time: Date.now(), restarts };
    if (wellSince !== undefined && Date.now() - wellSince.time >= limits.steady) return undefined;
    left = wrong ?? "it is not well for long enough";
    // A pod that is gone by now is none any more; what the server refuses is seen in what is left.
    for (const pod of snapshot === undefined ? [] : stuckPodsOf(plan.action.object, snapshot))
      await cluster.evict(pod).catch(() => undefined);
    await sleep(limits.pause);
  }
  return left;
};

const stillWrong = (plan: Plan, snapshot: Snapshot): string | undefined => {
  const findings = diagnose(snapshot);
  const same = findings.find((finding) => touches(finding, plan));
  if (same !== undefined) return same.summary;
  // What has a finding of its own is another matter.
  const rest = workloadsOf(snapshot).filter(({ ref }) => !findings.some(({ object }) => isSame(object, ref)));
  const late = rest.find(({ workload }) => !isSettled(workload) || !podsOf(workload, snapshot.pods).some(isReady));
  return late === undefined ? undefined : `${display(late.ref)} is not ready`;
};

const isSame = (one: ObjectRef, other: ObjectRef): boolean => one.kind === other.kind && one.name === other.name;

/** Whether a finding is the one that was to be repaired, or a new one about what was changed. */
const touches = ({ id, object }: Finding, { finding, action }: Plan): boolean =>
  id === finding || isSame(object, action.object);
