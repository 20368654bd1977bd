import type { Results } from "./test-results.ts";

/** A check that has run. */
export interface Ran extends Results {
  title: string;
  /** How long it took. */
  seconds: number;
}

const slowest = 10;

/**
 * Says how each check went and how long it took, which files of tests took longest, and which tests were skipped, flaky
 * or failed.
 */
export const summarize = (ran: Ran[]): string => {
  const width = Math.max(...ran.map(({ title }) => title.length));
  const lines = ran.map(({ title, seconds, passed, failed }) => {
    const mark = failed === 0 ? "✔" : "✖";
    return `${mark} ${title.padEnd(width)}  ${duration(seconds).padStart(9)}  ${passed} passed, ${failed} failed`;
  });
  const sum = (name: "passed" | "failed"): number => ran.reduce((total, each) => total + each[name], 0);
  const skipped = ran.flatMap((each) => each.skipped);
  const flaky = flakyOf(ran);
  const failures = ran.flatMap((each) =>
    each.failed > 0 && each.failures.length === 0 ? [each.title] : each.failures,
  );
  // The line that continuous integration reads.
  const counts = [`${sum("passed")} passed`, `${sum("failed")} failed`, ...number("skipped", skipped)].join(", ");
  return [
    lines.join("\n"),
    slowestOf(ran),
    skipped.length > 0 ? `${skipped.length} skipped:\n${list(skipped)}` : "",
    flaky.length > 0 ? `${flaky.length} flaky, failed at first and passed on the second try:\n${list(flaky)}` : "",
    // Last, since continuous integration may keep the end alone.
    failures.length > 0 ? `Failed:\n${list(failures)}` : "",
    counts,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

/** The tests that passed on their second try, by name. */
export const flakyOf = (ran: Ran[]): string[] => ran.flatMap((each) => each.flaky);

/** How long each check and each file of tests took, in seconds, as JSON. The longest come first. */
export const durations = (ran: Ran[]): string => {
  const checks = ran.map(({ title, seconds }): [string, number] => [title, seconds]);
  const bySeconds = (entries: [string, number][]): Record<string, number> =>
    Object.fromEntries(
      entries
        .toSorted(([, one], [, other]) => other - one)
        .map(([name, seconds]) => [name, Math.round(seconds * 10) / 10]),
    );
  return `${JSON.stringify({ checks: bySeconds(checks), specs: bySeconds(specsOf(ran)) }, undefined, 2)}\n`;
};

const specsOf = (ran: Ran[]): [string, number][] => ran.flatMap(({ specs }) => Object.entries(specs));

const slowestOf = (ran: Ran[]): string => {
  const specs = specsOf(ran)
    .filter(([, seconds]) => seconds >= 1)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, slowest);
  if (specs.length === 0) return "";
  return ["The slowest files of tests:", ...specs.map(([file, seconds]) => `${duration(seconds).padStart(9)}  ${file}`)].join("\n"); // prettier-ignore
};

const number = (what: string, names: string[]): string[] => (names.length === 0 ? [] : [`${names.length} ${what}`]);

const list = (names: string[]): string => names.map((name) => `  ${name}`).join("\n");

/** `7 s`, `2 min 5 s`. */
const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};
