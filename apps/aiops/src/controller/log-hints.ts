import { componentOf } from "../diagnosis/containers.ts";
import type { Finding } from "../diagnosis/finding.ts";
import type { Cluster } from "../kubernetes/cluster-reads.ts";
import { hintsIn } from "../logs/hints.ts";
import { logsOf } from "../logs/read.ts";
import { workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";

/** Of a log only what it is known to mean, in words of our own: whoever writes into it puts nothing into a record. */
export const hintsFor = async (cluster: Cluster, { object }: Finding, snapshot: Snapshot): Promise<string[]> => {
  const workload = workloadsOf(snapshot).find(({ ref }) => ref.name === object.name)?.workload;
  const component = workload === undefined ? undefined : componentOf(workload);
  if (component === undefined) return [];
  const logs = await logsOf(cluster, snapshot, component, { previous: false, lines: 100 }).catch(() => []);
  return hintsIn(logs.flatMap(({ lines }) => lines));
};
