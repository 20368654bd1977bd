import "server-only";
import { Agent, errors } from "undici";
import { connect } from "./connect";

const second = 1000;

const limits = { connections: 128, connect, bodyTimeout: 120 * second };

/**
 * The connections by which the backend is read from. Idle ones are given up after 4 s, before the backend's 5 s, so
 * that none is used while the other side closes it. Each is given up after 2 s for another, so that new pods get their
 * share. No redirect is followed and no address but `BACKEND_URL` is ever asked.
 */
export const backendPool = new Agent({
  ...limits,
  clientTtl: 2 * second,
  headersTimeout: 5 * second,
  keepAliveTimeout: 4 * second,
  keepAliveMaxTimeout: 4 * second,
});

/**
 * The connections for what changes something: one for each request. A backend that stops closes its kept connections,
 * and a change that was just on its way over one is lost, since it cannot be sent again without the risk of acting
 * twice.
 */
export const changePool = new Agent({ ...limits, headersTimeout: 30 * second, pipelining: 0 });

/** Whether a failed call failed by taking too long. */
export function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}
