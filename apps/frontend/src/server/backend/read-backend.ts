import "server-only";
import { errors, request, type Dispatcher } from "undici";
import { backendPool, changePool } from "./backend";

type Options = Pick<Dispatcher.RequestOptions, "headers" | "signal">;

/**
 * Reads from the backend. Where a kept connection breaks, or nothing comes over it for five seconds, asks once more
 * over a new one: the pod at its other end may be stopping, or its node be lost. That is harmless, since nothing is
 * changed.
 */
export async function readBackend(url: string, options: Options): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { ...options, dispatcher: backendPool });
  } catch (error) {
    if (!isConnectionLost(error) && !(error instanceof errors.HeadersTimeoutError)) throw error;
    return await request(url, { ...options, dispatcher: changePool });
  }
}

/** Where none could be made, that was tried more than once already. */
function isConnectionLost(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE";
}
