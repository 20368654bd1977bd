import * as z from "zod";
import { diagnose as findingsIn } from "../diagnosis/all-findings.ts";
import { hintsIn } from "../logs/hints.ts";
import { logsOf } from "../logs/read.ts";
import { componentOf } from "../diagnosis/containers.ts";
import { workloadsOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { choose } from "../remedies/choose.ts";
import type { Operations } from "../operations.ts";
import { quote } from "../text.ts";
import { tool } from "./tool.ts";

/** Lines of each container that are looked at and shown. */
const shown = 8;
const searched = 100;

export const diagnose = tool({
  name: "diagnose",
  title: "What is wrong",
  description:
    "Names what is wrong, causes first, with the facts of the API as evidence, and says whether something can be done about it. None when all is well. Excerpts of logs stand beside a finding, never in it.",
  input: z.strictObject({}),
  kind: "read",
  run: async (_args, operations) => {
    const snapshot = await operations.snapshot();
    const findings = findingsIn(snapshot);
    return {
      findings: await Promise.all(
        findings.slice(0, 20).map(async (finding) => {
          const action = choose(finding, snapshot, new Date(snapshot.takenAt).toISOString());
          return {
            ...finding,
            remedy: "refused" in action ? action : { action: action.type, next: "plan_remediation" },
            ...(await excerptsFor(finding.object.name, operations, snapshot)),
          };
        }),
      ),
    };
  },
});

const excerptsFor = async (name: string, { means }: Operations, snapshot: Snapshot): Promise<object> => {
  const workload = workloadsOf(snapshot).find(({ ref }) => ref.name === name)?.workload;
  const component = workload === undefined ? undefined : componentOf(workload);
  if (component === undefined) return {};
  const read = (previous: boolean) => logsOf(means.cluster, snapshot, component, { previous, lines: searched });
  // What a log says is an extra: without it a finding stands as well.
  const logs = await Promise.all([read(true), read(false)]).catch(() => []);
  const all = logs.flat();
  return {
    hints: hintsIn(all.flatMap(({ lines }) => lines)),
    excerpts: all
      .filter(({ lines }) => lines.length > 0)
      .slice(0, 6)
      .map(({ pod, container, lines }) => quote(`log of pod ${pod}, container ${container}`, lines.slice(-shown))),
  };
};
