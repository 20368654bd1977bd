import { Agent, request } from "node:http";
import { text as textOf } from "node:stream/consumers";
import {
  type Answer,
  answerOf,
  asPage,
  Load,
  loseNothing as loseNothingAt,
  type Outcome,
  type Sent,
} from "../../helpers/cluster/load.ts";
import { stack } from "../../stack/support/stack.ts";

/** Does something under 50 requests a second on the stack, of which no request and no write may be lost. */
export const loseNothing = async (work: () => Promise<void>): Promise<void> => {
  await loseNothingAt({ call, Agent }, work);
};

/** Keeps 50 requests a second up on the stack while something is done, and tells what became of them. */
export const duringLoad = async (work: () => Promise<void>): Promise<Outcome> =>
  await Load.during({ call, Agent }, work);

/** One request as a page of the site would send it. */
async function call(sent: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { method, path, agent = new Agent() } = sent;
  const { headers, text } = asPage(sent, stack.url);
  // A request that hangs is lost as well.
  const sending = request(new URL(path, stack.url), { method, agent, headers, timeout: 30_000 }, (answer) => {
    textOf(answer).then((body) => resolve(answerOf(answer.statusCode, answer.headers, body)), reject);
  });
  sending.on("timeout", () => sending.destroy(new Error("no answer within 30 seconds")));
  sending.on("error", reject);
  sending.end(text);
  return await promise;
}
