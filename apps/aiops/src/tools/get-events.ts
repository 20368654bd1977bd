import type { CoreV1Event } from "@kubernetes/client-node";
import * as z from "zod";
import { quote } from "../text.ts";
import { tool } from "./tool.ts";

export const getEvents = tool({
  name: "get_events",
  title: "Events of the namespace",
  description: "What Kubernetes has noted about the objects of the stack, newest first.",
  input: z.strictObject({
    warningsOnly: z.boolean().default(true),
    limit: z.int().min(1).max(100).default(30),
  }),
  kind: "read",
  run: async ({ warningsOnly, limit }, operations) => {
    const { events } = await operations.snapshot();
    const chosen = events
      .filter(({ type }) => !warningsOnly || type === "Warning")
      .toSorted((one, other) => timeOf(other) - timeOf(one))
      .slice(0, limit);
    return { events: quote("events", chosen.map(told)) };
  },
});

const told = (event: CoreV1Event): string => {
  const { involvedObject, reason = "", message = "", count } = event;
  const time = new Date(timeOf(event)).toISOString();
  return `${time} ${involvedObject.kind ?? ""}/${involvedObject.name ?? ""} ${reason} ×${count ?? 1}: ${message}`;
};

const timeOf = ({ lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
