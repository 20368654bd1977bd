import { componentOf } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** An alert that is firing. Whoever can send one could choose what is done: so by itself it only tells a person. */
export const alert = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot).flatMap(({ ref, workload }) => {
    const names = snapshot.alerts
      .filter(({ component }) => component === componentOf(workload))
      .map(({ name }) => name);
    if (names.length === 0) return [];
    return [finding("alert", ref, `Prometheus says of ${display(ref)}: ${names.join(", ")}.`, { names }, "likely")];
  });
