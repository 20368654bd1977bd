import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import { stringify } from "yaml";
import { changedNames, changesOf as changedFiles } from "../../provider/engine/shown-changes.ts";
import type { Plan, PlannedResource } from "./plan.ts";

type Properties = Record<string, unknown>;

/** GitHub takes comments of 65 536 characters. */
const longest = 60_000;

/**
 * Says in Markdown what is different between two commits: policies, resources, files of images, manifests.
 * @param base what there is.
 * @param head what there would be.
 * @returns at most 60 000 characters.
 */
export const reportOf = (base: Plan, head: Plan): string => {
  const changes = changesOf(base, head);
  const sections = [
    "## Preview",
    summaryOf(changes),
    ...failures("The preview failed", head.errors),
    ...failures("What this is compared with cannot be previewed, so everything counts as new", base.errors),
    ...policies(head),
    ...section("Images", changes.flatMap(imageFiles)),
    ...section("Manifests", changes.flatMap(manifests)),
    ...section("Other inputs", changes.flatMap(otherInputs)),
    "<sub>Both sides out of nothing, with the settings in `Pulumi.dev.yaml`. Secrets are masked; `[unknown]` is known after " +
      "the `up`, `[instance]` is new with each cluster.</sub>",
  ];
  const report = `${sections.join("\n\n")}\n`;
  if (report.length <= longest) return report;
  const end = "\n````\n\n**The rest is left out.** See all of it: `npm run review -- BASE`\n";
  return report.slice(0, longest - end.length) + end;
};

interface Change {
  what: "added" | "removed" | "changed";
  type: string;
  name: string;
  old: Properties;
  now: Properties;
}

const changesOf = (base: Plan, head: Plan): Change[] =>
  [...new Set([...base.resources.keys(), ...head.resources.keys()])].toSorted().flatMap((urn) => {
    const [old, now] = [base.resources.get(urn), head.resources.get(urn)];
    const what = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    const { type, name } = (now ?? old) as PlannedResource;
    const change = { what, type, name, old: old?.inputs ?? {}, now: now?.inputs ?? {} } as const;
    return what === "changed" && asText(change.old) === asText(change.now) ? [] : [change];
  });

const summaryOf = (changes: Change[]): string => {
  const counted = (["added", "removed", "changed"] as const).map(
    (what) => `${changes.filter((change) => change.what === what).length} ${what}`,
  );
  if (changes.length === 0) return "No resource changes.";
  const names = changes.map(({ what, type, name }) => `${signs[what]} ${name}  (${type})`);
  return `Resources: ${counted.join(", ")}.\n\n${fenced(names)}`;
};

const signs = { added: "+", removed: "-", changed: "!" };

const failures = (heading: string, errors: string[]): string[] =>
  errors.length === 0 ? [] : [`### ${heading}`, fenced(errors, "text")];

const policies = ({ violations, errors }: Plan): string[] => {
  if (violations.length === 0) {
    return ["### Policies", errors.length === 0 ? "All are kept." : "Not checked: the preview failed."];
  }
  const lines = violations.map(({ policy, resource, message }) => `${policy}, ${resource}: ${message}`);
  // They come in the order in which Pulumi happens to look at the resources.
  return ["### Policies: violated", fenced(lines.toSorted(), "text")];
};

const section = (heading: string, parts: string[]): string[] =>
  parts.length === 0 ? [] : [`### ${heading}`, ...parts];

const presence = "minikube:index:ImagePresence";
const rendered = "minikube:index:Manifests";

const imageFiles = ({ type, name, old, now }: Change): string[] => {
  if (type !== presence) return [];
  const lines = filesIn(old, now);
  return lines.length === 0 ? [] : [`**${name.replace(/-presence$/, "")}**`, fenced(lines)];
};

const manifests = ({ type, old, now }: Change): string[] => {
  if (type !== rendered) return [];
  const [olds, news] = [partOf(old, "objects"), partOf(now, "objects")];
  const chart = filesIn(old, now);
  const missing = now["objects"] === undefined && Object.keys(now).length > 0;
  return [
    ...(chart.length === 0 ? [] : ["Files of the chart:", fenced(chart)]),
    ...(missing ? ["There was no Helm, so manifests were neither rendered nor checked."] : []),
    ...changedNames(olds, news).map((name) =>
      [
        `<details open><summary>${escaped(name)}</summary>\n`,
        fenced(patchOf(olds[name], news[name])),
        "\n</details>",
      ].join("\n"),
    ),
  ];
};

const otherInputs = ({ what, type, name, old, now }: Change): string[] => {
  const [before, after] = [old, now].map((inputs) => withoutShown(type, inputs));
  if (what === "added" && Object.keys(now).length === 0) return [];
  if (asText(before) === asText(after)) return [];
  const summary = `<details><summary>${escaped(name)}</summary>\n`;
  return [[summary, fenced(patchOf(before, after)), "\n</details>"].join("\n")];
};

/** What has a section of its own is not said twice. */
const withoutShown = (type: string, inputs: Properties): Properties => {
  const shown = type === presence ? ["files"] : type === rendered ? ["files", "objects", "values"] : [];
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !shown.includes(key)));
};

const filesIn = (old: Properties, now: Properties): string[] => {
  const [olds, news] = [partOf(old, "files"), partOf(now, "files")];
  // What a diff in Markdown colours as changed begins so.
  return changedFiles(olds, news).map((line) => line.replace(/^~/, "!"));
};

const partOf = (inputs: Properties, key: string): Properties => (inputs[key] ?? {}) as Properties;

const asText = (value: unknown): string =>
  value === undefined ? "" : stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });

const patchOf = (old: unknown, now: unknown): string[] => {
  const patch = structuredPatch("", "", asText(old), asText(now), "", "", { context: 3 });
  return formatPatch(patch, OMIT_HEADERS).trimEnd().split("\n");
};

/** More backticks than any line holds, so that no line ends the block. */
const fenced = (lines: string[], language = "diff"): string => {
  const text = lines.join("\n");
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(4, ...runs.map((run) => run.length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
};

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
