import { firstOfEach, ownedPods } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, nameOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** What the scheduler names as lacking, of which there is a closed list. */
const shortages = ["cpu", "memory", "ephemeral-storage", "pods"];

/** A pod for which there is no node. */
export const unschedulable = (snapshot: Snapshot): Finding[] => {
  const waiting = ownedPods(snapshot).flatMap(({ owner, pod }) => {
    const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
    return scheduled?.status === "False" ? [{ owner, pod, message: scheduled.message ?? "" }] : [];
  });
  return firstOfEach(waiting).map(({ owner, pod, message }) => {
    const lacking = shortages.filter((resource) => message.includes(`Insufficient ${resource}`));
    const why = lacking.length > 0 ? `lack of ${lacking.join(" and ")}` : "what its pod asks of a node";
    const facts = { pod: nameOf(pod), lacking, requests: requestsOf(pod.spec?.containers ?? []) };
    return finding("unschedulable", owner, `${display(owner)} finds no node, for ${why}.`, facts);
  });
};

const requestsOf = (containers: { resources?: { requests?: Record<string, string> } }[]): string[] =>
  containers.flatMap(({ resources }) =>
    Object.entries(resources?.requests ?? {}).map(([key, value]) => `${key}=${value}`),
  );
