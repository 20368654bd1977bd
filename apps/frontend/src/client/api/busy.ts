import { Problem } from "./problem";

const tries = 5;

/** Whether the server is busy and said when to ask again. It may have acted, if its database went away meanwhile. */
export function isBusy(error: Error | null): boolean {
  return error instanceof Problem && error.status !== 0 && error.waitSeconds !== undefined;
}

/** Whether no server was found for what may be sent again. */
export function isAway(error: Error | null): boolean {
  return error instanceof Problem && error.status === 0 && error.waitSeconds !== undefined;
}

/** Whether to send a change once more. It waits for a server as long as there is none, or none that has time. */
export function retryChange(_failures: number, error: Error): boolean {
  return isAway(error) || isBusy(error);
}

/** Whether to ask a busy server once more. */
export function retryIfBusy(failures: number, error: Error): boolean {
  return isBusy(error) && failures < tries;
}

/**
 * How long to wait before the next try, in milliseconds: as long as the server says, else a little longer each time.
 */
export function waitMs(failures: number, error: Error): number {
  const seconds = error instanceof Problem ? error.waitSeconds : undefined;
  return (seconds ?? 2 ** failures) * 1000;
}
