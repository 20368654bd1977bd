import { randomUUID } from "node:crypto";
import type { Finding } from "../diagnosis/finding.ts";
import { display } from "../diagnosis/snapshot.ts";
import { hashOf } from "./action.ts";
import type { Action } from "./action.ts";

/** What shall be done about a finding, as a person is asked to agree to it. */
export interface Plan {
  id: string;
  finding: string;
  kind: Finding["kind"];
  action: Action;
  /** Of the action and of what it saw: a plan that is made anew has the same as long as nothing has changed. */
  hash: string;
  /** With what time a restart is marked, in ISO 8601. */
  at: string;
  /** Milliseconds since 1970. */
  expires: number;
}

const minutes = 10;

/** @param at the time that the action was chosen with. */
export const planOf = (finding: Finding, action: Action, at: string): Plan => ({
  id: randomUUID(),
  finding: finding.id,
  kind: finding.kind,
  action,
  hash: sealOf(finding.id, action),
  at,
  expires: Date.parse(at) + minutes * 60_000,
});

/** The same as long as the same is done about the same finding, to an object that has not changed meanwhile. */
export const sealOf = (finding: string, action: Action): string => hashOf({ finding, action });

/** What differs between before and after, a line for each field: `spec.replicas: 0 → 1`. */
export const diffOf = ({ edits }: Action): string[] =>
  edits.flatMap(({ path, before, after }) => compare(path, before, after));

const compare = (path: string, before: unknown, after: unknown): string[] => {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => compare(`${path}/${key}`, before[key], after[key]));
  }
  const [old, next] = [shown(before), shown(after)];
  return old === next ? [] : [`${path}: ${old} → ${next}`];
};

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Whom an action touches, in a sentence. */
export const blastRadiusOf = ({ type, object }: Action): string => {
  const name = display(object);
  if (type === "scale") return `${name}: starts pods, ends none.`;
  if (object.kind === "Deployment")
    return `${name}: its pods are replaced one after the other; one that is ready stays until the next is.`;
  if (object.kind === "StatefulSet")
    return `${name}: its one pod is replaced. The database is away for some seconds; the data stay.`;
  return `${name} alone: no pod is restarted.`;
};

/** The plans that were made and not yet used, in memory: a server that is started again knows none. */
export class Plans {
  readonly #plans = new Map<string, Plan>();

  add(plan: Plan): void {
    // Only ever a few are of use; a flood of plans must not fill the memory.
    const [oldest] = this.#plans.keys();
    if (this.#plans.size >= 100 && oldest !== undefined) this.#plans.delete(oldest);
    this.#plans.set(plan.id, plan);
  }

  /** Undefined when there is no such plan, or none any more. */
  get(id: string): Plan | undefined {
    const plan = this.#plans.get(id);
    return plan !== undefined && plan.expires > Date.now() ? plan : undefined;
  }

  /** Uses a plan up. @returns false when somebody has before. */
  take(id: string): boolean {
    return this.#plans.delete(id);
  }
}
