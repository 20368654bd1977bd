import * as z from "zod";
import { isCode } from "../code.ts";
import { isOver } from "../incidents/incident.ts";
import type { Incident } from "../incidents/incident.ts";
import { keptIn } from "../incidents/read-incidents.ts";
import { display } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { quote } from "../text.ts";
import { tool } from "./tool.ts";

/** How the name of the ConfigMap ends in which the chart's controller keeps them. */
const suffix = "-operations-incidents";

export const getIncidents = tool({
  name: "get_incidents",
  title: "Incidents of the controller in the cluster",
  description:
    "What the controller for operations has found by itself, newest first: what it did, whether that helped, and what it waits for a person to agree to.",
  input: z.strictObject({
    openOnly: z.boolean().default(false),
    limit: z.int().min(1).max(30).default(10),
  }),
  kind: "read",
  run: async ({ openOnly, limit }, operations) => {
    const kept = incidentsOf(await operations.snapshot());
    if (kept === undefined) return { controller: "none: npx pulumi config set operations watch", incidents: [] };
    const incidents = kept
      .filter((incident) => !openOnly || !isOver(incident))
      .toReversed()
      .slice(0, limit);
    return { controller: "part of the release", incidents: incidents.map(told) };
  },
});

/** Oldest first; undefined where there is no controller. */
export const incidentsOf = ({ configMaps }: Snapshot): Incident[] | undefined => {
  const kept = configMaps.find(({ metadata }) => metadata?.name?.endsWith(suffix));
  return kept === undefined ? undefined : keptIn(kept.data?.["incidents.json"]).incidents;
};

const told = ({ finding, object, state, opened, ended, summary, question, history }: Incident): object => ({
  finding,
  object: display(object),
  state,
  opened,
  ended,
  summary,
  // Whoever may write into the ConfigMap could have a person type something else.
  ...(question === undefined || !isCode(question.code)
    ? {}
    : {
        asks: question.what,
        next: `approve_incident, or a person types in a terminal: npm run aiops -- approve ${question.code}`,
      }),
  history: quote(
    "history",
    history.map(({ at, what }) => `${at} ${what}`),
  ),
});
