import { componentOf } from "../containers.ts";
import { finding } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { display, workloadsOf } from "../snapshot.ts";
import type { Snapshot } from "../snapshot.ts";

/** An alert that is firing. Whoever can send one could choose what is done: so by itself it only tells a person. */
export const alert = (snapshot: Snapshot): Finding[] =>
  workloadsOf(snapshot).flatMap(({ ref, workload }) => {
    const names = snapshot.alerts
      .filter(({ component }) => component === componentOf(workload))
      .map(({ name }) => name);
    if (names.length === 0) return [];
    return [finding("alert", ref, `Prometheus says of ${display(ref)}: ${names.join(", ")}.`, { names }, "likely")];
  });
