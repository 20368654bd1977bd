import { createHash } from "node:crypto";
import { display } from "../../diagnosis/snapshot.ts";
import { clean, escapeMarkup } from "../../text.ts";
import type { Incident } from "../../incidents/incident.ts";
import type { News } from "./tell.ts";

/** `slack`: as Slack's incoming webhooks take it, and those of Mattermost. `alertmanager`: as an Alertmanager sends. */
export const formats = ["slack", "alertmanager"] as const;

/** What is worth a message, in words. What is being done is told once it is known whether it helped. */
const words: Record<News, string | undefined> = {
  Found: "Found",
  Acting: undefined,
  Repaired: "Repaired",
  Undone: "Undone, since it did not help",
  Kept: "Did not help, and was not undone",
  NeedsPerson: "Needs a person",
  Gone: "Over by itself",
};

/** What a service is told. */
export interface Message {
  news: News;
  incident: Incident;
  text: string;
  namespace: string;
}

/** The body of a message in the form of a service; undefined for what is not worth one. */
export const messageOf = (format: (typeof formats)[number], message: Message): object | undefined => {
  const word = words[message.news];
  if (word === undefined) return undefined;
  return bodies[format]({ ...message, text: `${word}: ${clean(message.text)}` });
};

const bodies: Record<(typeof formats)[number], (message: Message) => object> = {
  slack: ({ text, namespace }) => ({ text: escapeMarkup(`[${namespace}] ${text}`), mrkdwn: false }),

  // https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
  alertmanager: ({ news, incident, text, namespace }) => {
    const { id, kind, object, opened, ended } = incident;
    const isOver = news === "Repaired" || news === "Gone";
    const status = isOver ? "resolved" : "firing";
    const severity = news === "NeedsPerson" ? "critical" : "warning";
    const labels = { alertname: "TodoIncident", namespace, kind, object: display(object), severity };
    const annotations = { summary: text };
    const never = "0001-01-01T00:00:00Z";
    return {
      version: "4",
      groupKey: `{}:{incident="${id}"}`,
      truncatedAlerts: 0,
      status,
      receiver: "todo-operations",
      groupLabels: { alertname: labels.alertname },
      commonLabels: labels,
      commonAnnotations: annotations,
      externalURL: "",
      alerts: [
        {
          status,
          labels,
          annotations,
          startsAt: opened,
          endsAt: isOver ? (ended ?? new Date().toISOString()) : never,
          generatorURL: "",
          fingerprint: createHash("sha256").update(id).digest("hex").slice(0, 16),
        },
      ],
    };
  },
};
