import type { Action } from "../../remedies/action.ts";
import type { Policy } from "../settings.ts";

const hour = 3_600_000;

/** What the policy says to an action. Which action it is, `choose` in remedies/choose.ts says. */
export type Decision =
  | { decision: "act" }
  /** Not now; it is looked at again. */
  | { decision: "wait"; why: string }
  /** A person is asked first. */
  | { decision: "ask"; why: string }
  /** It needs a person. */
  | { decision: "tell"; why: string };

/** What was changed before. */
export interface Attempt {
  finding: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** What there is to know for a decision. */
export interface Question {
  finding: string;
  action: Action["type"];
  /** Of the last day. */
  attempts: Attempt[];
  /** Age of the release, in milliseconds; undefined while one is under way. */
  release: number | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Decides whether something may be done without a person, now. */
export const decide = (policy: Policy, { finding, action, attempts, release, now }: Question): Decision => {
  const wish = policy.remedies[action];
  if (wish === "ask") return { decision: "ask", why: `The policy asks a person before ${action}.` };
  if (wish === "never") return tell(`The policy forbids ${action}.`);
  const within = (time: number): Attempt[] => attempts.filter(({ at }) => now - at < time);
  const same = within(hour).filter((each) => each.finding === finding);
  if (same.length >= policy.perFinding) return tell(`${same.length} attempts in an hour did not hold.`);
  if (within(hour).length >= policy.perHour) return tell(`${policy.perHour} changes in an hour are the most.`);
  if (within(24 * hour).length >= policy.perDay) return tell(`${policy.perDay} changes in a day are the most.`);
  if (release === undefined) return wait("A release is under way.");
  if (release < policy.afterReleaseSeconds * 1000) return wait("The release is new: who has made it looks after it.");
  const last = Math.max(...same.map(({ at }) => at), 0);
  if (now - last < policy.coolDownSeconds * 1000) return wait("The last attempt was just now.");
  if (policy.quietHours !== null && isWithin(policy.quietHours, now)) return wait("These are quiet hours.");
  return { decision: "act" };
};

const tell = (why: string): Decision => ({ decision: "tell", why });
const wait = (why: string): Decision => ({ decision: "wait", why });

/** Whether a moment is in hours that may go over midnight, in UTC. */
const isWithin = ({ from, to }: { from: string; to: string }, now: number): boolean => {
  const time = new Date(now).toISOString().slice(11, 16);
  return from <= to ? from <= time && time < to : time >= from || time < to;
};
