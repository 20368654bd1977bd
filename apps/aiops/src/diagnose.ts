import { findingKinds } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { alert } from "./rules/alert.ts";
import { crashLoop } from "./rules/crash-loop.ts";
import { database } from "./rules/database.ts";
import { diskFull } from "./rules/disk-full.ts";
import { drift } from "./rules/drift.ts";
import { failingProbe } from "./rules/failing-probe.ts";
import { imageMissing } from "./rules/image-missing.ts";
import { missingReference } from "./rules/missing-reference.ts";
import { networkPolicy } from "./rules/network-policy.ts";
import { outOfMemory } from "./rules/out-of-memory.ts";
import { scaledToZero } from "./rules/scaled-to-zero.ts";
import { serviceMisrouted } from "./rules/service-misrouted.ts";
import { unschedulable } from "./rules/unschedulable.ts";
import { wrongAnswer } from "./rules/wrong-answer.ts";
import type { Snapshot } from "./snapshot.ts";

const rules: ((snapshot: Snapshot) => Finding[])[] = [
  scaledToZero,
  imageMissing,
  missingReference,
  unschedulable,
  outOfMemory,
  diskFull,
  crashLoop,
  networkPolicy,
  serviceMisrouted,
  database,
  failingProbe,
  wrongAnswer,
  drift,
  alert,
];

/**
 * Everything that is wrong, causes first; nothing when all is well. The same snapshot always gives the same findings.
 */
export const diagnose = (snapshot: Snapshot): Finding[] => {
  const all = rules.flatMap((rule) => rule(snapshot));
  const order = (finding: Finding): number => findingKinds.indexOf(finding.kind);
  return all
    .filter((finding) => !follows(finding, all))
    .toSorted((one, other) => order(one) - order(other) || one.id.localeCompare(other.id));
};

/** Whether a finding only says again, or follows from, what another one says. */
const follows = (finding: Finding, all: Finding[]): boolean => {
  const others = all.filter((other) => other !== finding);
  switch (finding.kind) {
    case "drift":
      return others.some(({ object }) => object.kind === finding.object.kind && object.name === finding.object.name);
    case "database-refuses":
    case "database-unreachable":
      return others.some(
        ({ kind, object, facts }) =>
          // Policies only ever add up: one more shuts nothing that another one opens.
          (kind === "network-policy" && facts.foreign !== true) ||
          (kind === "service-misrouted" && object.name === finding.object.name),
      );
    case "wrong-answer":
    case "slow-answer":
      return others.some(explains);
    case "alert":
      return others.some(({ kind }) => kind !== "alert");
    default:
      return false;
  }
};

/**
 * Whether a finding can be why answers are wrong or late. What was, and what nobody released, explains nothing for
 * sure.
 */
const explains = ({ kind, facts }: Finding): boolean =>
  !["wrong-answer", "slow-answer", "alert", "disk-full"].includes(kind) && facts.foreign !== true;
