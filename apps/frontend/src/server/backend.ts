import "server-only";
import { Agent, errors } from "undici";
import { connect } from "./connect";

const second = 1000;

const limits = {
  connections: 128,
  connect,
  headersTimeout: 30 * second,
  bodyTimeout: 120 * second,
};

/**
 * The connections by which the backend is read from. Idle ones are given up after 4 s, before the backend's 5 s, so that
 * none is used while the other side closes it. No redirect is followed and no address but `BACKEND_URL` is ever asked.
 */
export const backendPool = new Agent({ ...limits, keepAliveTimeout: 4 * second, keepAliveMaxTimeout: 4 * second });

/**
 * The connections for what changes something: one for each request. A backend that stops closes its kept connections, and
 * a change that was just on its way over one is lost, since it cannot be sent again without the risk of acting twice.
 */
export const changePool = new Agent({ ...limits, pipelining: 0 });

/** Whether a failed call failed by taking too long. */
export function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}

/** Whether a connection that was there is not any more. Where none could be made, that was tried more than once already. */
export function isConnectionLost(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE";
}
