import { finding } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { display, workloadsOf } from "../snapshot.ts";
import type { Snapshot } from "../snapshot.ts";

/** A workload of which no pod is wanted. */
export const scaledToZero = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot)
    .filter(({ workload }) => workload.spec?.replicas === 0)
    .map(({ ref }) => finding("scaled-to-zero", ref, `${display(ref)} is scaled to 0 pods.`, { wanted: 0 }));
