import { stripVTControlCharacters } from "node:util";
import type { CoreV1Event } from "@kubernetes/client-node";
import type { Namespace } from "./kubernetes.ts";

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

async function newestWarning(namespace: Namespace, pod: string): Promise<string | undefined> {
  const fieldSelector = `involvedObject.name=${pod},type=Warning`;
  const events = await namespace.list<CoreV1Event>("v1", "events", { fieldSelector });
  // That a container is not started at once again is known already.
  const telling = events.filter(({ reason }) => reason !== "BackOff" && reason !== "Failed");
  const time = (event: CoreV1Event): number => new Date(event.lastTimestamp ?? event.eventTime ?? 0).getTime();
  return telling.toSorted((a, b) => time(a) - time(b)).at(-1)?.message;
}

/** A program may write anything; on a terminal it shall be text, and short. */
function tame(line: string): string {
  const text = stripVTControlCharacters(line).replace(/\p{Cc}/gu, " ");
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
