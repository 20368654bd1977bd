import type { Fact, Finding, FindingKind } from "../diagnosis/finding.ts";
import type { Action, Edit } from "../remedies/action.ts";
import type { Before } from "../remedies/judge.ts";
import { diffOf } from "../remedies/remedy-plan.ts";
import type { Plan } from "../remedies/remedy-plan.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { ObjectRef } from "../diagnosis/snapshot.ts";
import type { Question } from "./question.ts";
import { clean, holdsSecret, isSecretOf } from "../text.ts";

/** One thing that went wrong, from when it was seen until it was over. */
export interface Incident {
  id: string;
  finding: string;
  kind: FindingKind;
  object: ObjectRef;
  summary: string;
  facts: Record<string, Fact>;
  /** `open`: looked at; `acting`: something is being done; `told`: it needs a person, as does what is
   * `untreatable` for now; the others are over. */
  state: "open" | "acting" | "told" | "untreatable" | "repaired" | "gone";
  /** In ISO 8601, as all times here. */
  opened: string;
  ended?: string;
  /** What is being done, so that whoever takes over can go on. */
  work?: Work;
  /** What a person is asked, who has not agreed yet. */
  question?: Question;
  /** What happened, oldest first. */
  history: { at: string; what: string }[];
}

/** Something that is being done about an incident. */
export interface Work {
  /** Without its edits where they hold what looks like a secret: then it cannot be undone by another controller. */
  plan: Plan;
  /** Of the object before it was changed; undefined where the API counts none. */
  generation: number | undefined;
  /** What was wrong besides. */
  before?: Before;
  /** Whether it may have been done: written down just before. */
  applied: boolean;
}

/** Entries of a history that are kept: the first ones, which say what it was, and the newest. */
const most = 30;

export const isOver = ({ state }: Incident): boolean => state === "repaired" || state === "gone";

/** @param at when it was seen, in milliseconds since 1970. */
export const incidentOf = ({ id, kind, object, summary, facts }: Finding, at: number): Incident => {
  const opened = new Date(at).toISOString();
  const name = `${opened.slice(0, 19).replaceAll(/[-:T]/g, "")}-${kind}-${object.name}`.slice(0, 200);
  const history = [{ at: opened, what: clean(summary) }];
  return { id: name, finding: id, kind, object, summary: clean(summary), facts, state: "open", opened, history };
};

/** Adds to the history of an incident. The text is made fit to be kept: no secrets, not too long. */
export const note = (incident: Incident, what: string): void => {
  incident.history.push({ at: new Date().toISOString(), what: clean(what) });
  if (incident.history.length > most) incident.history.splice(most / 2, 1);
};

/** Waits for a person: for their agreement, where they are asked. One to what was asked before holds no longer. */
export const leaveToPerson = (incident: Incident, why: string, question?: Question): void => {
  incident.state = "told";
  delete incident.question;
  if (question !== undefined) incident.question = question;
  note(incident, why);
};

/** Closes an incident, if it is not closed yet. */
export const end = (incident: Incident, state: "repaired" | "gone", what: string): void => {
  if (isOver(incident)) return;
  note(incident, what);
  delete incident.work;
  delete incident.question;
  Object.assign(incident, { state, ended: new Date().toISOString() });
};

/** What an action changes, in words that may be written down. */
export const toldOf = (action: Action): string[] =>
  action.edits.some(isSecret) ? action.edits.map(({ path }) => `${path}: not shown`) : diffOf(action);

/** What an action does, in words that may be written down. */
export const wordsOf = (action: Action): string =>
  [`${action.type} ${display(action.object)}`, ...toldOf(action).slice(0, 5)].join("; ");

/**
 * Whether what a field was, or is to be, may be a secret. What a variable or an argument is called is not always known.
 */
const isSecret = ({ path, before, after }: Edit): boolean =>
  /\/(?:env|args|command)(?:\/|$)/.test(path) ||
  holdsSecret([before, after]) ||
  [before, after].some((value) => typeof value === "string" && isSecretOf(path.split("/").at(-1) ?? "", value));

/** What of a plan may be written down. */
export const recordable = (plan: Plan): Plan => {
  if (!plan.action.edits.some(isSecret)) return plan;
  const { type, object, uid } = plan.action;
  return { ...plan, action: { type, object, uid, edits: [] } };
};
