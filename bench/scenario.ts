/** A line of the table: something that is timed. What has the same `what` is compared. */
export interface Row {
  /** What is done: `backend edit`. */
  what: string;
  /** By which command, or with how much of something: `skaffold run`, `50,000 files`. */
  by: string;
  /** True for the one with which the others of the same `what` are compared. */
  isReference?: boolean;
  /** What the ratio to the reference should be at most. */
  aim?: number;
}

/** A part of a round. Only those with a row are timed. */
export interface Step {
  row?: Row;
  run: () => Promise<void>;
}

/**
 * Things that are done in turn, again and again. Who is compared takes turns within a round, so that noise of the
 * machine comes to all of them.
 */
export interface Scenario {
  /** Before the first round. */
  prepare?: () => Promise<void>;
  steps: Step[];
  /** After the last round, also when one failed. */
  finish?: () => Promise<void>;
}

/** A row with the times of its runs, in seconds. */
export interface Measured extends Row {
  seconds: number[];
}

/**
 * Runs a scenario.
 * @param tell is given each row as it is timed.
 * @param clock the time in seconds; the machine's own by default.
 */
export async function measure(
  { prepare, steps, finish }: Scenario,
  rounds: number,
  tell: (row: Row, seconds: number) => void = () => undefined,
  clock: () => number = () => performance.now() / 1000,
): Promise<Measured[]> {
  const times = new Map(steps.flatMap(({ row }) => (row === undefined ? [] : [[row, [] as number[]] as const])));
  try {
    await prepare?.();
    for (let round = 1; round <= rounds; round += 1) {
      for (const { row, run } of steps) {
        const begin = clock();
        await run();
        if (row === undefined) continue;
        const seconds = clock() - begin;
        times.get(row)?.push(seconds);
        tell(row, seconds);
      }
    }
  } finally {
    await finish?.();
  }
  return [...times].map(([row, seconds]) => ({ ...row, seconds }));
}
