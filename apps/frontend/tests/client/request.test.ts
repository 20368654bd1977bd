import { expect, test } from "vitest";
import { Problem } from "@/client/api/problem";
import { read } from "@/client/api/request";

test("an answer that is cut off is a server that could not be reached", async () => {
  const start = (stream: ReadableStreamDefaultController) => {
    stream.error(new TypeError("Failed to fetch"));
  };
  const reading = read(new Response(new ReadableStream({ start })));
  await expect(reading).rejects.toThrow(Problem);
  await expect(reading).rejects.toMatchObject({ status: 0 });
  await expect(reading).rejects.toThrow("could not be reached");
});
