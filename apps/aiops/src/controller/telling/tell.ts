import { CoreV1Api } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node";
import type { AuditEntry } from "../../audit.ts";
import { reasonOf } from "../../kubernetes/refusal.ts";
import { clean, cleanAll } from "../../text.ts";
import type { Incident } from "../../incidents/incident.ts";

/** As Kubernetes bounds the message of an event. */
const longest = 1_000;

/** What a person is told of: `Found` and `NeedsPerson` as warnings. `Kept`: it did not help, and stays as it is. */
export type News = "Found" | "Acting" | "Repaired" | "Undone" | "Kept" | "NeedsPerson" | "Gone";

/** Tells people of an incident. */
export type Tell = (news: News, incident: Incident, message: string) => Promise<void>;

/** A line of JSON on standard output. */
export const log = (entry: AuditEntry): void => {
  const line = cleanAll({ time: new Date().toISOString(), ...entry });
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** Tells by an Event on the object, which `kubectl describe` shows. An Event that is not taken holds nothing up. */
export const tellByEvent =
  (config: KubeConfig, namespace: string, reporter: string): Tell =>
  async (news, incident, message) => {
    const { object, finding } = incident;
    log({ event: news, finding, message });
    const now = new Date();
    await config
      .makeApiClient(CoreV1Api)
      .createNamespacedEvent({
        namespace,
        body: {
          metadata: { generateName: `${reporter}-`, namespace },
          involvedObject: { apiVersion: versionOf(object.kind), namespace, ...object },
          type: news === "Found" || news === "NeedsPerson" ? "Warning" : "Normal",
          reason: `Operations${news}`,
          message: clean(message).slice(0, longest),
          source: { component: reporter },
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
        },
      })
      .catch((error: unknown) => log({ event: "untold", finding, why: reasonOf(error) }));
  };

const versionOf = (kind: string): string => {
  if (kind === "Deployment" || kind === "StatefulSet") return "apps/v1";
  return kind === "NetworkPolicy" ? "networking.k8s.io/v1" : "v1";
};

/** What a person is told when something that was done has come to this state, if anything. */
export const newsOf = (state: string): News | undefined => {
  if (state === "fixed") return "Repaired";
  if (state === "undone") return "Undone";
  if (state === "kept") return "Kept";
  return state === "told" ? "NeedsPerson" : undefined;
};
