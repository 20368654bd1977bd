import { newCode } from "../code.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { wordsOf } from "./incident.ts";
import { choose } from "../remedies/choose.ts";
import type { Action } from "../remedies/action.ts";
import { sealOf } from "../remedies/remedy-plan.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** What a person is asked before something is done. */
export interface Question {
  /** Who agrees types it: `K7QF-2M9X`. */
  code: string;
  /** What would be done, in words that may be written down. */
  what: string;
  /** Of what would be done, and of what it saw. */
  hash: string;
  /** The time that the action was chosen with, in ISO 8601. */
  at: string;
}

export const questionOf = (finding: Finding, action: Action, at: string): Question => ({
  code: newCode(),
  what: wordsOf(action),
  hash: sealOf(finding.id, action),
  at,
});

/** Whether what would be done now is still what a person was asked. */
export const isStillMeant = ({ hash, at }: Question, finding: Finding, snapshot: Snapshot): boolean => {
  const action = choose(finding, snapshot, at);
  return !("refused" in action) && sealOf(finding.id, action) === hash;
};

/**
 * Whether something was asked, and a person has agreed.
 * @param name of the ConfigMap whose keys are the codes that people have agreed to.
 */
export const isAgreed = (question: Question | undefined, { configMaps }: Snapshot, name: string): boolean =>
  question !== undefined &&
  configMaps.some((each) => nameOf(each) === name && each.data?.[question.code] !== undefined);
