import { stripVTControlCharacters } from "node:util";
import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { containerKey, missingSecret } from "./diagnosis.ts";
import type { FailedProbes } from "./diagnosis.ts";
import type { Namespace } from "../cluster/kubernetes/kubernetes.ts";
import { redact } from "../processes/redact.ts";

const lines = 8;
const width = 200;

/**
 * What explains a container that fails: the newest warning about its pod, and the last lines that it wrote.
 * @param previous whether the lines of its previous run are meant.
 */
export async function lastWords(
  namespace: Namespace,
  pod: string,
  container: string,
  previous: boolean,
): Promise<string[]> {
  const [warning, log] = await Promise.all([
    newestWarning(namespace, pod).catch(() => undefined),
    // A container that never ran has no log.
    namespace.log(pod, container, lines, previous).catch(() => ""),
  ]);
  const said = log.split("\n").filter((line) => line.trim() !== "");
  return [...(warning === undefined ? [] : [`event: ${warning}`]), ...said.map((line) => `log: ${line}`)].map(tame);
}

/**
 * What the probes of each container of the namespace have found last, as far as they failed; and for a pod as a whole
 * which Secret it lacks.
 */
export async function failedProbes(namespace: Namespace): Promise<FailedProbes> {
  const warnings = (reason: string): Promise<CoreV1Event[]> =>
    namespace.list<CoreV1Event>("v1", "events", { fieldSelector: `reason=${reason},type=Warning` });
  const [probes, mounts] = await Promise.all([warnings("Unhealthy"), warnings("FailedMount")]);
  const lacks = mounts.toSorted(byTime).flatMap(({ involvedObject: { uid }, message }) => {
    const lack = missingSecret.exec(message ?? "")?.[0];
    return lack === undefined ? [] : [[containerKey(uid), lack] as const];
  });
  return new Map([
    ...lacks,
    ...probes.toSorted(byTime).map(({ involvedObject: { uid, fieldPath = "" }, message = "" }) => {
      const container = /^spec\.containers\{(.+)\}$/.exec(fieldPath)?.[1];
      return [containerKey(uid, container), message] as const;
    }),
  ]);
}

async function newestWarning(namespace: Namespace, pod: string): Promise<string | undefined> {
  // By its uid: a pod of a StatefulSet has had predecessors of the same name.
  const { metadata } = await namespace.get<V1Pod>("v1", "pods", pod);
  const fieldSelector = `involvedObject.uid=${metadata?.uid},type=Warning`;
  const events = await namespace.list<CoreV1Event>("v1", "events", { fieldSelector });
  // That a container is not started at once again is known already.
  const telling = events.filter(({ reason }) => reason !== "BackOff" && reason !== "Failed");
  return telling.toSorted(byTime).at(-1)?.message;
}

const timeOf = (event: CoreV1Event): number => new Date(event.lastTimestamp ?? event.eventTime ?? 0).getTime();

const byTime = (one: CoreV1Event, other: CoreV1Event): number => timeOf(one) - timeOf(other);

/** A program may write anything; on a terminal it shall be text, short, and without a secret. */
function tame(line: string): string {
  const text = redact(stripVTControlCharacters(line).replace(/\p{Cc}/gu, " "));
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
