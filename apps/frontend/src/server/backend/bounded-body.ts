import "server-only";
import { Readable } from "node:stream";

/** The most that a request body may hold, in bytes. */
export const maxBodyBytes = 1024 * 1024;

/** The most that a file of todos may hold. JSON writes some of its letters as several. */
export const maxImportBytes = 6 * 1024 * 1024;

/** Thrown when a body turns out larger than allowed. */
export class BodyTooLarge extends Error {
  constructor(most: number) {
    super(`The request body is larger than ${most} bytes.`);
    this.name = "BodyTooLarge";
  }
}

/** Whether a body follows the headers, by the rule of HTTP/1.1. */
export function hasBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
}

/** The body as a stream that ends in `BodyTooLarge` after so many bytes; null if there is no body. */
export function boundedBody(request: Request, most = maxBodyBytes): Readable | null {
  if (request.body === null || !hasBody(request.headers)) return null;
  if (Number(request.headers.get("content-length") ?? 0) > most) throw new BodyTooLarge(most);
  return Readable.from(bounded(request.body, most), { objectMode: false });
}

async function* bounded(body: ReadableStream<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new BodyTooLarge(most);
    yield chunk;
  }
}
