import { findingKinds } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { follows } from "./follows.ts";
import { alert } from "../rules/alert.ts";
import { crashLoop } from "../rules/crash-loop.ts";
import { database } from "../rules/database.ts";
import { diskFull } from "../rules/disk-full.ts";
import { drift } from "../rules/drift.ts";
import { failingProbe } from "../rules/failing-probe.ts";
import { imageMissing } from "../rules/image-missing.ts";
import { missingReference } from "../rules/missing-reference.ts";
import { networkPolicy } from "../rules/network-policy.ts";
import { noPodReady } from "../rules/no-pod-ready.ts";
import { outOfMemory } from "../rules/out-of-memory.ts";
import { scaledToZero } from "../rules/scaled-to-zero.ts";
import { serviceMisrouted } from "../rules/service-misrouted.ts";
import { unschedulable } from "../rules/unschedulable.ts";
import { wrongAnswer } from "../rules/wrong-answer.ts";
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
  noPodReady,
  wrongAnswer,
  drift,
  alert,
];

/** Everything that is wrong, also what only follows from something else. */
export const allFindings = (snapshot: Snapshot): Finding[] => rules.flatMap((rule) => rule(snapshot));

/**
 * Everything that is wrong, causes first; nothing when all is well. The same snapshot always gives the same findings.
 */
export const diagnose = (snapshot: Snapshot): Finding[] => causesIn(allFindings(snapshot), snapshot);

/** What does not only follow from something else, causes first. @param all findings of this snapshot. */
export const causesIn = (all: Finding[], snapshot: Snapshot): Finding[] => {
  const order = (finding: Finding): number => findingKinds.indexOf(finding.kind);
  return all
    .filter((finding) => !follows(finding, all, snapshot))
    .toSorted((one, other) => order(one) - order(other) || one.id.localeCompare(other.id));
};
