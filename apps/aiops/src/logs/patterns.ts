/** Lines of a log that say the same but for numbers and names. */
export interface Pattern {
  /** What they have in common. */
  template: string;
  count: number;
  /** The most severe level that one of them has, if they have any. */
  level: string | undefined;
  /** In ISO 8601; undefined where the lines have no time. */
  firstSeen: string | undefined;
  lastSeen: string | undefined;
}

/** Clusters lines into patterns, most severe and most frequent first. The same lines always give the same patterns. */
export const patternsOf = (lines: string[]): Pattern[] => {
  const patterns = new Map<string, Pattern>();
  for (const line of lines) {
    const { time, level, text } = read(line);
    if (text === "") continue;
    const template = templateOf(text);
    const known = patterns.get(template);
    patterns.set(template, {
      template,
      count: (known?.count ?? 0) + 1,
      level: worse(known?.level, level),
      firstSeen: known?.firstSeen ?? time,
      lastSeen: time ?? known?.lastSeen,
    });
  }
  return [...patterns.values()].toSorted(
    (one, other) =>
      severity(other.level) - severity(one.level) ||
      other.count - one.count ||
      (one.template < other.template ? -1 : 1),
  );
};

/** What the API puts before a line when it is asked for times. */
const stamp = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?/;

const read = (line: string): { time: string | undefined; level: string | undefined; text: string } => {
  const time = stamp.exec(line)?.[1];
  const rest = line.replace(stamp, "").trim();
  const fields = fieldsOf(rest);
  if (fields === undefined) return { time, level: levelIn(rest), text: rest };
  const message = [fields.message, fields.event, fields.msg].find((field) => typeof field === "string") ?? rest;
  const level = typeof fields.level === "string" ? fields.level.toUpperCase() : undefined;
  const where = ["method", "path", "status", "error", "reason"].flatMap((key) =>
    key in fields ? [`${key}=${JSON.stringify(fields[key])}`] : [],
  );
  return { time, level, text: [message, ...where].join(" ") };
};

const fieldsOf = (text: string): Record<string, unknown> | undefined => {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

const levels = ["TRACE", "DEBUG", "INFO", "LOG", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "PANIC"];

const levelIn = (text: string): string | undefined => /\b[A-Z]{3,8}\b(?=:)/.exec(text)?.[0];

const severity = (level: string | undefined): number => levels.indexOf(level ?? "");

const worse = (one: string | undefined, other: string | undefined): string | undefined =>
  severity(other) > severity(one) ? other : one;

/** What differs from line to line, most telling first. */
const variables: [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[A-Z]{3,4}|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "<address>"],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/gi, "<hash>"],
  [/"[^"]*"|'[^']*'/g, "<text>"],
  [/\d+(?:\.\d+)?/g, "<number>"],
];

const templateOf = (text: string): string =>
  variables.reduce((rest, [pattern, name]) => rest.replace(pattern, name), text.slice(0, 2_000)).slice(0, 300);
