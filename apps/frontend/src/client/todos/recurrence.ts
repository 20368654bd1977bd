import type { Todo } from "./todo";

/** The choices of how a todo can recur, by their rules of RFC 5545; "" stands for not at all. */
export const recurrences: Readonly<Record<string, string>> = {
  "": "Never",
  "FREQ=DAILY": "Daily",
  "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": "Every weekday",
  "FREQ=WEEKLY": "Weekly",
  "FREQ=WEEKLY;INTERVAL=2": "Every 2 weeks",
  "FREQ=MONTHLY": "Monthly",
  "FREQ=MONTHLY;BYMONTHDAY=-1": "Last day of the month",
  "FREQ=YEARLY": "Yearly",
};

const units: Readonly<Record<string, string>> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const days: Readonly<Record<string, string>> = {
  MO: "Monday",
  TU: "Tuesday",
  WE: "Wednesday",
  TH: "Thursday",
  FR: "Friday",
  SA: "Saturday",
  SU: "Sunday",
};

/** When a todo recurs. */
export type Recurrence = Pick<Todo, "recurrence" | "repeat_from">;

/**
 * How often a todo recurs, as a person would say it: "Weekly", "Every 3 days after it is done", "Every week on Monday".
 */
export function recurrenceText({ recurrence, repeat_from: from }: Recurrence): string {
  if (recurrence === null) return recurrences[""] ?? "";
  const interval = daysAfterDone({ recurrence, repeat_from: from });
  if (interval !== null) return `${interval} ${interval === 1 ? "day" : "days"} after it is done`;
  const text = recurrences[recurrence] ?? ruleText(recurrence);
  return from === "done" ? `${text}, counted from when it is done` : text;
}

/** After how many days a todo recurs that is counted from when it is done; null for every other recurrence. */
export function daysAfterDone({ recurrence, repeat_from: from }: Recurrence): number | null {
  const daily = /^FREQ=DAILY(?:;INTERVAL=(\d+))?$/.exec(recurrence ?? "");
  return from === "done" && daily !== null ? Number(daily[1] ?? 1) : null;
}

/** The rule of a todo that is due so many days after it was done. */
export function everyDays(count: number): string {
  return count === 1 ? "FREQ=DAILY" : `FREQ=DAILY;INTERVAL=${count}`;
}

function ruleText(rule: string): string {
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const unit = units[parts.get("FREQ") ?? ""] ?? "time";
  const interval = Number(parts.get("INTERVAL") ?? 1);
  const every = interval === 1 ? `Every ${unit}` : `Every ${interval} ${unit}s`;
  const named = (parts.get("BYDAY") ?? "").split(",").flatMap((day) => days[day] ?? []);
  const until = parts.get("UNTIL")?.replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");
  return [every, named.length > 0 ? ` on ${named.join(", ")}` : "", until === undefined ? "" : ` until ${until}`].join(
    "",
  );
}
