import type { V1Pod } from "@kubernetes/client-node";
import { componentOf } from "../diagnosis/containers.ts";
import { OperationError } from "../operation-error.ts";
import type { Cluster } from "../kubernetes/cluster-reads.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { redact } from "../text.ts";

/** In characters. */
const longestLine = 4_000;

/** The lines of one container. */
export interface ContainerLog {
  pod: string;
  container: string;
  lines: string[];
}

/** Reads what the containers of one component have written last. @throws OperationError when it has no pod. */
export const logsOf = async (
  cluster: Cluster,
  snapshot: Snapshot,
  component: string,
  { previous, lines }: { previous: boolean; lines: number },
): Promise<ContainerLog[]> => {
  const pods = snapshot.pods.filter((pod) => componentOf(pod) === component);
  if (pods.length === 0) throw new OperationError(`There is no pod of ${component}.`, "get_health");
  const wanted = pods.flatMap((pod) => containersIn(pod).map((container) => ({ pod: nameOf(pod), container })));
  return await Promise.all(
    wanted.slice(0, 12).map(async ({ pod, container }) => {
      const text = await cluster.log({ pod, container, previous, lines });
      return { pod, container, lines: linesOf(text) };
    }),
  );
};

/** Before anything else is made of them: a secret in pieces looks like none. */
const linesOf = (text: string): string[] => {
  const short = text.split("\n").map((line) => line.slice(0, longestLine));
  return redact(short.join("\n"))
    .split("\n")
    .filter((line) => line.trim() !== "");
};

const containersIn = ({ spec }: V1Pod): string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name);
