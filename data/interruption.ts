import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../provider/processes/errors.ts";

/** Somebody has ended the command. */
export class Interrupted extends UserError {}

/** The exit code of a command that somebody has ended. */
export const interruptedCode = 130;

/** Waits for a step, and no longer than until somebody interrupts the work. */
export type OrInterrupted = <T>(step: Promise<T>) => Promise<T>;

/** In milliseconds: what has started this command may pass on a signal that it gets itself, and nobody types faster. */
const longestEcho = 100;

/** How long a step that nobody waits for any more may take to clear up, in milliseconds. */
const longestEnd = 1_000;

/**
 * Does work that somebody may interrupt in order, and so clears up after itself. A second signal ends the process at
 * once; a terminal that is closed is no second one.
 * @param why what the work fails with then.
 */
export const interruptible = async <T>(
  why: () => Interrupted,
  work: (orInterrupted: OrInterrupted) => Promise<T>,
): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const steps: Promise<unknown>[] = [];
  let last = -Infinity;
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    const isEcho = performance.now() - last < longestEcho;
    last = performance.now();
    if (isEcho) return;
    if (interrupted.signal.aborted && signal !== "SIGHUP") process.exit(interruptedCode);
    interrupted.abort();
    reject(why());
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work((step) => {
      steps.push(step);
      return Promise.race([step, promise]);
    });
  } finally {
    if (interrupted.signal.aborted) await Promise.race([Promise.allSettled(steps), sleep(longestEnd)]);
    for (const signal of signals) process.off(signal, interrupt);
  }
};
