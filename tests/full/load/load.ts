import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { type Answer, Load, type Outcome, type Sent } from "../../helpers/load.ts";
import { stack } from "../../stack/stack.ts";

/** Does something under load, of which no request and no write may be lost. */
export async function loseNothing(work: () => Promise<void>): Promise<void> {
  const { sent, seconds, lost, miscounted } = await duringLoad(work);
  assert.deepEqual(lost, {}, `of ${sent} requests some were lost`);
  assert.deepEqual(miscounted, [], "every todo that was confirmed must be there once");
  console.log(`      ${sent} requests in ${seconds} s, none lost; ${Math.ceil(sent / 2)} writes, each there once`);
}

/** Keeps 50 requests a second up on the stack while something is done, and tells what became of them. */
export const duringLoad = async (work: () => Promise<void>): Promise<Outcome> =>
  await Load.during({ call, Agent }, work);

/** One request as a page of the site would send it. */
async function call({ method, path, cookie, body, agent = new Agent() }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const text = body === undefined ? undefined : JSON.stringify(body);
  // Node sends the body of a DELETE without its length otherwise.
  const typed =
    text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const headers = { ...(cookie === undefined ? {} : { cookie }), ...typed, origin: stack.url };
  // A request that hangs is lost as well.
  const sending = request(new URL(path, stack.url), { method, agent, headers, timeout: 30_000 }, (answer) => {
    const parts: Buffer[] = [];
    answer.on("data", (part: Buffer) => parts.push(part));
    answer.on("error", reject);
    answer.on("end", () => {
      const cookies = answer.headers["set-cookie"] ?? [];
      const next = answer.headers["x-next-cursor"];
      resolve({
        status: answer.statusCode ?? 0,
        body: Buffer.concat(parts).toString(),
        cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; "),
        next: typeof next === "string" ? next : undefined,
      });
    });
  });
  sending.on("timeout", () => sending.destroy(new Error("no answer within 30 seconds")));
  sending.on("error", reject);
  sending.end(text);
  return await promise;
}
