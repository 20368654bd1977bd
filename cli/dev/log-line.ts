import { stripVTControlCharacters } from "node:util";
import { redact } from "../../provider/processes/redact.ts";

/** Longest rest of a line, in characters. */
const longestRest = 160;

/** Fields that all lines have, and that tell nothing here. */
const usual = new Set(["timestamp", "level", "message", "logger", "exception"]);

/**
 * Makes a line of a log readable: of JSON the time, the level and the message, then the rest in short; an exception as
 * the lines it is. Any other line is left as it is. Passwords in URLs and bearer tokens are not shown.
 */
export const readable = (line: string): string => redact(tame(formatted(line))).trimEnd();

/** A program may write anything; on a terminal it shall be text. */
const tame = (text: string): string => stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, " ");

const formatted = (line: string): string => {
  const fields = fieldsOf(line);
  if (fields === undefined) return line;
  const { timestamp, level, message, exception } = fields;
  const head = [timeOf(timestamp), wordOf(level).padEnd(5), wordOf(message)].filter((part) => part !== "");
  const rest = restOf(fields);
  const lines = typeof exception === "string" ? exception.split("\n").map((each) => `\n    ${each}`) : [];
  return `${head.join(" ")}${rest === "" ? "" : `  ${rest}`}${lines.join("")}`;
};

const fieldsOf = (text: string): Record<string, unknown> | undefined => {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

/** Whether a line tells of a probe of Kubernetes, which asks every second. */
export const isOfProbe = (line: string): boolean => /"path": ?"\/health\/|^ ?GET \/api\/health /.test(line);

/** The time of day in UTC, as logs have it. */
const timeOf = (timestamp: unknown): string => /T(\d\d:\d\d:\d\d)/.exec(wordOf(timestamp))?.[1] ?? "";

const wordOf = (value: unknown): string => (typeof value === "string" ? value : "");

const restOf = (fields: Record<string, unknown>): string => {
  const rest = Object.entries(fields)
    .filter(([key, value]) => !usual.has(key) && value !== null && value !== "")
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  // Before it is cut: a secret that is cut in two is not known by its form any more.
  const shown = redact(rest);
  return shown.length > longestRest ? `${shown.slice(0, longestRest - 1)}…` : shown;
};
