import { isDeepStrictEqual } from "node:util";
import { isObject, shownUnknown, unknown } from "./marks.ts";

type Named = Record<string, unknown>;

/** How many lines of changes are shown. */
const shownLines = 30;
/** How much of a value is shown. */
const shownText = 60;

/** Names what is different between two sets of named things, a line each: `~ changed`, `+ new`, `- gone`. */
export function changesOf(olds: Named, news: Named): string[] {
  return changedNames(olds, news).map((name) => `${markOf(name, olds, news)} ${name}`);
}

/** The same for sets of objects, with a line for each changed field: `~ Service/web spec.type: "A" => "B"`. */
export function fieldChangesOf(olds: Named, news: Named): string[] {
  return changedNames(olds, news).flatMap((name) => {
    const [old, now] = [olds[name], news[name]];
    if (!isObject(old) || !isObject(now)) return [`${markOf(name, olds, news)} ${name}`];
    return fieldsOf(old, now).map((change) => `~ ${name} ${change}`);
  });
}

/** As many of the lines as are worth reading below a resource, under a heading. */
export function listOf(heading: string, lines: string[]): string {
  const rest = lines.length - shownLines;
  const more = rest > 0 ? [`and ${rest} more, see: npx pulumi preview --diff`] : [];
  return [`${heading}:`, ...lines.slice(0, shownLines), ...more].join("\n  ");
}

function fieldsOf(old: unknown, now: unknown, path = ""): string[] {
  if (isDeepStrictEqual(old, now)) return [];
  if (!isObject(old) || !isObject(now)) return [`${path}: ${shown(old)} => ${shown(now)}`];
  return changedNames(old, now).flatMap((key) => fieldsOf(old[key], now[key], path === "" ? key : `${path}.${key}`));
}

/** The names of what is different, sorted. */
export const changedNames = (olds: Named, news: Named): string[] =>
  [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((name) => !isDeepStrictEqual(olds[name], news[name]))
    .toSorted();

function markOf(name: string, olds: Named, news: Named): string {
  if (!(name in olds)) return "+";
  return name in news ? "~" : "-";
}

function shown(value: unknown): string {
  if (value === undefined) return "none";
  if (value === unknown || value === shownUnknown) return shownUnknown;
  const text = JSON.stringify(value);
  return text.length > shownText ? `${text.slice(0, shownText)}…` : text;
}
