import "server-only";
import type { Readable } from "node:stream";

/**
 * A stream of the backend as the kind of stream that a handler answers with; leaving it ends the backend's side too.
 * `Readable.toWeb` does the same, but can throw outside of any handler, and so end the process, when a caller leaves.
 */
export function webStream(source: Readable): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  // Errors reach the reader through the iterator; without a listener one after leaving would end the process.
  source.on("error", () => undefined);
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const step = await pieces.next();
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
    cancel: () => {
      source.destroy();
    },
  });
}
