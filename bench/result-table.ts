import { table } from "../cli/table.ts";
import type { Measured } from "./scenario.ts";
import { summarize } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

/** A measured row with what is told of it. */
export interface Result extends Measured, Summary {
  /** Its median in medians of the reference; undefined where there is none, and for the reference itself. */
  ratio?: number;
}

/** Adds up the times of each row, and compares each with the reference of the same `what`. */
export function resultsOf(measured: Measured[]): Result[] {
  const summarized = measured.map((row) => ({ ...row, ...summarize(row.seconds) }));
  return summarized.map((row) => {
    const reference = summarized.find(({ what, isReference }) => what === row.what && isReference === true);
    return reference === undefined || reference === row ? row : { ...row, ratio: row.median / reference.median };
  });
}

/** The results as a table, for people. Times are in seconds. */
export function tableOf(results: Result[]): string {
  const heads = ["what", "by", "runs", "minimum", "median", "maximum", "ratio", "aim"];
  const rows = results.map(({ what, by, runs, minimum, median, maximum, ratio, aim }) => [
    ...[what, by, String(runs), minimum.toFixed(2), median.toFixed(2), maximum.toFixed(2)],
    ...[ratio?.toFixed(2) ?? "", aim === undefined ? "" : verdict(aim, ratio)],
  ]);
  return table([heads, ...rows]);
}

function verdict(aim: number, ratio: number | undefined): string {
  if (ratio === undefined) return `${aim}`;
  return ratio <= aim ? `${aim}, met` : `${aim}, missed`;
}
