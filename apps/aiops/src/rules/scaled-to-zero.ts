import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** A workload of which no pod is wanted. */
export const scaledToZero = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot)
    .filter(({ workload }) => workload.spec?.replicas === 0)
    .map(({ ref }) => finding("scaled-to-zero", ref, `${display(ref)} is scaled to 0 pods.`, { wanted: 0 }));
