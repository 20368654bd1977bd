import "server-only";
import { Readable } from "node:stream";

/** The most that a request body may hold, in bytes. */
export const maxBodyBytes = 1024 * 1024;

/** Thrown when a body turns out larger than `maxBodyBytes`. */
export class BodyTooLarge extends Error {
  constructor() {
    super(`The request body is larger than ${maxBodyBytes} bytes.`);
    this.name = "BodyTooLarge";
  }
}

/** Whether a body follows the headers, by the rule of HTTP/1.1. */
export function hasBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
}

/** The body as a stream that ends in `BodyTooLarge` after `maxBodyBytes`; null if there is no body. */
export function boundedBody(request: Request): Readable | null {
  if (request.body === null || !hasBody(request.headers)) return null;
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) throw new BodyTooLarge();
  return Readable.from(bounded(request.body), { objectMode: false });
}

async function* bounded(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw new BodyTooLarge();
    yield chunk;
  }
}
