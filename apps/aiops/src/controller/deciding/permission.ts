import type { Finding } from "../../diagnosis/finding.ts";
import type { Action } from "../../remedies/action.ts";
import type { Snapshot } from "../../diagnosis/snapshot.ts";
import type { Incident } from "../../incidents/incident.ts";
import { decide } from "./policy.ts";
import type { Attempt, Decision } from "./policy.ts";
import { isAgreed, isStillMeant } from "../../incidents/question.ts";
import { ageOfRelease } from "../rendered-objects.ts";
import type { Settings } from "../settings.ts";

/**
 * What a person has agreed to is done, whatever the policy says of attempts and hours, but not while a release is under
 * way, and never what the policy forbids.
 */
export const permissionFor = (
  { question }: Incident,
  finding: Finding,
  { type }: Action,
  snapshot: Snapshot,
  { attempts, settings }: { attempts: Attempt[]; settings: Pick<Settings, "policy" | "released" | "approvals"> },
): Decision => {
  const release = ageOfRelease(snapshot, settings.released);
  const isMeant = question !== undefined && isStillMeant(question, finding, snapshot);
  const isForbidden = settings.policy.remedies[type] === "never";
  if (isMeant && !isForbidden && isAgreed(question, snapshot, settings.approvals)) {
    return release === undefined ? { decision: "wait", why: "A release is under way." } : { decision: "act" };
  }
  return decide(settings.policy, { finding: finding.id, action: type, attempts, release, now: Date.now() });
};
