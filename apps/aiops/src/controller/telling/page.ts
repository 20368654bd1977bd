import { createHash } from "node:crypto";
import { isCode } from "../../code.ts";
import { display } from "../../diagnosis/snapshot.ts";
import { escapeMarkup } from "../../text.ts";
import { isOver } from "../../incidents/incident.ts";
import type { Incident } from "../../incidents/incident.ts";
import { reportOf } from "./report.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid #8884; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8884; border-radius: 0.4rem; padding: 1rem; }
code { font-weight: bold; }
`;

/** The page has this style and nothing else: no script, no picture, nothing from elsewhere. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'`;

/** What each state means to a person. */
const words: Record<Incident["state"], string> = {
  open: "is looked at",
  acting: "is being repaired",
  told: "needs a person",
  untreatable: "needs a person",
  repaired: "repaired",
  gone: "over by itself",
};

/**
 * The incidents as a page of HTML: an overview, newest first, then the report of each.
 * @param incidents oldest first.
 */
export const pageOf = (incidents: Incident[], { namespace, mode }: { namespace: string; mode: string }): string => {
  const newest = incidents.toReversed();
  const open = newest.filter((incident) => !isOver(incident)).length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="10">
<title>${open === 0 ? "" : `(${open}) `}Operations of ${escapeMarkup(namespace)}</title>
<style>${style}</style>
<h1>Operations of ${escapeMarkup(namespace)}</h1>
<p>${told(open)} The controller is set to <code>${escapeMarkup(mode)}</code>. This page looks again every ten seconds.</p>
${newest.length === 0 ? "" : overviewOf(newest)}
${newest.map(sectionOf).join("")}</html>
`;
};

const told = (open: number): string => {
  if (open === 0) return "No incident is open.";
  return open === 1 ? "1 incident is open." : `${open} incidents are open.`;
};

const overviewOf = (incidents: Incident[]): string => `<table>
<thead><tr><th scope="col">Since<th scope="col">What<th scope="col">Of<th scope="col">State</thead>
<tbody>
${incidents.map(rowOf).join("\n")}
</tbody></table>`;

const rowOf = ({ opened, kind, object, state }: Incident, index: number): string => {
  const [since, what, of] = [opened.slice(0, 19).replace("T", " "), kind, display(object)].map(escapeMarkup);
  return `<tr><td>${since ?? ""} UTC<td><a href="#${index}">${what ?? ""}</a><td>${of ?? ""}<td>${words[state]}`;
};

const sectionOf = (incident: Incident, index: number): string => {
  const { kind, object, summary, question } = incident;
  // Whoever may write into the ConfigMap could have a person type something else.
  const asks =
    question === undefined || !isCode(question.code)
      ? ""
      : `<p>It asks: ${escapeMarkup(question.what)}. To agree, type <code>npm run aiops -- approve ${question.code}</code></p>`;
  return `<section id="${index}"><h2>${escapeMarkup(`${kind} of ${display(object)}`)}</h2>
<p>${escapeMarkup(summary)}</p>${asks}
<pre>${escapeMarkup(reportOf(incident))}</pre></section>
`;
};
