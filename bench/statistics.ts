/** What is told of the times of several runs, in seconds. */
export interface Summary {
  runs: number;
  minimum: number;
  median: number;
  maximum: number;
}

/** @throws Error when there is no time at all. */
export function summarize(times: number[]): Summary {
  return { runs: times.length, minimum: Math.min(...times), median: median(times), maximum: Math.max(...times) };
}

/** The middle one; of an even number the mean of the two in the middle. @throws Error when there is none. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (lower === undefined || upper === undefined) throw new Error("there is no median of nothing");
  return (lower + upper) / 2;
}
