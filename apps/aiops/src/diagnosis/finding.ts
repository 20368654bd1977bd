import type { ObjectRef } from "./snapshot.ts";

/**
 * Everything that can be found wrong. The order is that in which findings are told: causes before what follows from
 * them.
 */
export const findingKinds = [
  "scaled-to-zero",
  "image-missing",
  "missing-reference",
  "unschedulable",
  "out-of-memory",
  "disk-full",
  "crash-loop",
  "network-policy",
  "service-misrouted",
  "database-refuses",
  "database-unreachable",
  "failing-probe",
  "no-pod-ready",
  "wrong-answer",
  "slow-answer",
  "drift",
  "alert",
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One fact of the API: a number, a name, a word of its own. Never text that a program has written. */
export type Fact = string | number | boolean | string[];

/** Something that is wrong. */
export interface Finding {
  /** `KIND:OBJECT`: the same as long as the same is wrong. */
  id: string;
  kind: FindingKind;
  /** What is broken: a workload rather than its pods, which come and go. */
  object: ObjectRef;
  /** In one sentence. */
  summary: string;
  /** The evidence. */
  facts: Record<string, Fact>;
  confidence: "certain" | "likely";
}

/** @param name of the object; the rest as in {@link Finding}. */
export const finding = (
  kind: FindingKind,
  object: ObjectRef,
  summary: string,
  facts: Finding["facts"],
  confidence: Finding["confidence"] = "certain",
): Finding => ({ id: `${kind}:${object.kind}/${object.name}`, kind, object, summary, facts, confidence });
