import { parse } from "yaml";
import { isMapping } from "../../provider/engine/marks.ts";
import { UserError } from "../../provider/processes/errors.ts";
import type { Finding } from "./trivy-report.ts";

/** The allow-list cannot be used as it is. */
export class AllowanceError extends UserError {}

/** A finding that does not stop a deployment for a while. */
export interface Allowance {
  /** `CVE-2026-12345`, or the rule by which a secret was found. */
  id: string;
  /** The package, or the file of a secret. Defaults to any. */
  package?: string;
  /** Why it does no harm, or what is being done about it. */
  reason: string;
  /** The last day on which it holds, `2026-12-31`, in UTC. */
  until: string;
}

const keys = ["id", "package", "reason", "until"];

/**
 * Reads the allow-list.
 * @param yaml its text: a list of allowances, or nothing.
 * @param today `2026-12-31`.
 * @throws AllowanceError naming every entry that is incomplete, wrong or past its end.
 */
export const readAllowances = (yaml: string, today: string): Allowance[] => {
  const entries = parseList(yaml);
  const problems = entries.flatMap((entry, index) =>
    problemsOf(entry, today).map((problem) => `entry ${index + 1}${nameOf(entry)} ${problem}`),
  );
  if (problems.length > 0) throw refusal(problems.join("; "));
  return entries as unknown as Allowance[];
};

/** Divides findings by whether an allowance covers them, and names the allowances that cover none. */
export const divide = (
  findings: Finding[],
  allowances: Allowance[],
): { stopping: Finding[]; allowed: Finding[]; idle: Allowance[] } => {
  const covers = (allowance: Allowance, finding: Finding): boolean =>
    allowance.id === finding.id && (allowance.package ?? finding.package) === finding.package;
  const isAllowed = (finding: Finding): boolean => allowances.some((allowance) => covers(allowance, finding));
  return {
    stopping: findings.filter((finding) => !isAllowed(finding)),
    allowed: findings.filter(isAllowed),
    idle: allowances.filter((allowance) => !findings.some((finding) => covers(allowance, finding))),
  };
};

const parseList = (yaml: string): Record<string, unknown>[] => {
  let list: unknown;
  try {
    list = parse(yaml) ?? [];
  } catch (error) {
    throw refusal((error as Error).message, error);
  }
  if (!Array.isArray(list) || !list.every(isMapping)) throw refusal("it must be a list of entries");
  return list;
};

const problemsOf = (entry: Record<string, unknown>, today: string): string[] => {
  const unknown = Object.keys(entry).filter((key) => !keys.includes(key));
  const { until } = entry;
  return [
    ...unknown.map((key) => `has an unknown key "${key}"`),
    ...["id", "reason"].filter((key) => !isText(entry[key])).map((key) => `has no ${key}`),
    ...("package" in entry && !isText(entry.package) ? ["has an empty package"] : []),
    ...(isDay(until) ? [] : ["has no end date like 2026-12-31 in `until`"]),
    ...(isDay(until) && until < today ? [`ended on ${until}`] : []),
  ];
};

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

const isDay = (value: unknown): value is string => {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

const nameOf = ({ id }: Record<string, unknown>): string => (isText(id) ? ` (${id})` : "");

const refusal = (problem: string, cause?: unknown): AllowanceError =>
  new AllowanceError(
    `apps/allowed-findings.yaml cannot be used: ${problem}.`,
    "Each entry needs `id`, `reason` and `until`, and may have `package`. Fix it, or remove what has ended.",
    cause,
  );
