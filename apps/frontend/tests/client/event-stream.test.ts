import { expect, test } from "vitest";
import { eventsOf, type StreamEvent } from "@/client/api/event-stream";

async function read(...pieces: (string | Uint8Array)[]): Promise<StreamEvent[]> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      controller.close();
    },
  });
  const events: StreamEvent[] = [];
  for await (const event of eventsOf(stream)) events.push(event);
  return events;
}

const hello = { event: "text", data: { text: "héllo" } };
const whole = 'event: text\ndata: {"text":"héllo"}\n\n';

test.each([
  ["an event in one piece", [whole], [hello]],
  ["two events in one piece", [whole + whole], [hello, hello]],
  ["an event in many pieces", [...new TextEncoder().encode(whole)].map((byte) => new Uint8Array([byte])), [hello]],
  ["other line ends", [whole.replaceAll("\n", "\r\n")], [hello]],
  ["comments that only keep the connection open", [": ping\n\n", whole], [hello]],
  ["an event that broke off", [whole, "event: text\ndata: {"], [hello]],
])("%s", async (_name, pieces, expected) => {
  expect(await read(...pieces)).toEqual(expected);
});
