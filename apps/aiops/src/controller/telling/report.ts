import { display } from "../../diagnosis/snapshot.ts";
import type { Incident } from "../../incidents/incident.ts";

/** What is to be said of an incident, as Markdown. */
export const reportOf = ({ kind, object, state, opened, ended, facts, history }: Incident): string =>
  [
    `# ${kind} of ${display(object)}`,
    "",
    `State: ${state}. From ${opened}${ended === undefined ? "" : ` to ${ended}`}.`,
    "",
    "## Evidence",
    "",
    ...Object.entries(facts).map(
      ([name, fact]) => `- ${name}: ${Array.isArray(fact) ? fact.join(", ") : String(fact)}`,
    ),
    "",
    "## What happened",
    "",
    ...history.map(({ at, what }) => `- ${at} ${what.replaceAll("\n", " ")}`),
    "",
  ].join("\n");
