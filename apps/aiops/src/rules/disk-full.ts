import type { V1Pod } from "@kubernetes/client-node";
import { matches, nameOf, workloadsOf, display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { secondsSince } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";

/** An eviction of longer ago is history. */
const recently = 600;

/** What the kubelet says when it evicts a pod for the disk that it uses, or for a node without any left. */
const storage = /ephemeral[- ]?(?:local )?storage|emptydir|disk/i;

/** A pod that was evicted since a disk is full: its own share of it, or the node's. */
export const diskFull = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot).flatMap(({ ref, workload }) => {
    const evicted = snapshot.pods
      .filter(({ metadata }) => matches(metadata?.labels, workload.spec?.selector.matchLabels))
      .map((pod) => ({ pod, ...evictionOf(pod, snapshot) }))
      .filter(({ message = "", at }) => storage.test(message) && secondsSince(at, snapshot) < recently);
    const [first] = evicted;
    if (first === undefined) return [];
    const isOwn = /emptydir|exceeds/i.test(first.message ?? "");
    const whose = isOwn ? "its own share of the disk" : "the disk of the node";
    const facts = { pod: nameOf(first.pod), evictions: evicted.length, disk: isOwn ? "pod" : "node" };
    return [finding("disk-full", ref, `${display(ref)} lost a pod since ${whose} is full.`, facts)];
  });

/**
 * What the kubelet says of an eviction stands in the pod's status; where its program then ended in good order, in an
 * event alone.
 */
const evictionOf = (
  { metadata, status }: V1Pod,
  { events }: Snapshot,
): { message: string | undefined; at: Date | undefined } | undefined => {
  const event = events.find(
    ({ reason, involvedObject }) => reason === "Evicted" && involvedObject.uid === metadata?.uid,
  );
  if (event !== undefined) return { message: event.message, at: event.lastTimestamp };
  if (status?.reason !== "Evicted") return undefined;
  const condition = status.conditions?.find(({ type }) => type === "DisruptionTarget");
  return { message: status.message, at: condition?.lastTransitionTime ?? status.startTime };
};
