import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { stack } from "../../stack/support/stack.ts";

/** What a crowd got. */
export interface Goodput {
  /** Requests that were answered as they should be, a second. */
  perSecond: number;
  /** Everything else that came back, and how often. */
  refused: Record<string, number>;
}

/** Somebody with an account of their own, and a few todos. */
export interface Account {
  email: string;
  password: string;
  cookie: string;
}

/** Signs up, and adds what a list has. */
export async function newAccount(): Promise<Account> {
  const email = `${randomUUID()}@example.com`;
  const password = randomUUID();
  const { status, cookie, body } = await send("POST", "/api/account", { body: { email, password } });
  assert.equal(status, 204, `signing up must succeed: ${body}`);
  for (let count = 0; count < 20; count += 1) {
    const added = await send("POST", "/api/backend/todos", { cookie, body: { title: `todo ${count}` } });
    assert.equal(added.status, 201, `adding a todo must succeed: ${added.body}`);
  }
  return { email, password, cookie };
}

/** Deletes the account and its todos. */
export async function leave({ cookie, password }: Account): Promise<void> {
  const { status, body } = await send("DELETE", "/api/account", { cookie, body: { password } });
  assert.equal(status, 204, `the account must be deleted: ${body}`);
}

/** What somebody asks for: the list, as the page does, or the page itself. */
export type Wish = "list" | "page";

const paths: Record<Wish, string> = { list: "/api/backend/todos", page: "/" };

/**
 * So many people who ask for the same without a pause, each over a connection of their own, until `isOver`. Who is told
 * to come back later does, as the page does.
 */
export async function crowd(people: number, wish: Wish, { cookie }: Account, isOver: () => boolean): Promise<Goodput> {
  let good = 0;
  const refused: Record<string, number> = {};
  const ask = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver()) {
      const answer = await send("GET", paths[wish], { cookie, agent }).catch((error: unknown) => String(error));
      const outcome = typeof answer === "string" ? answer : String(answer.status);
      if (outcome === "200") good += isOver() ? 0 : 1;
      else refused[outcome] = (refused[outcome] ?? 0) + 1;
      if (outcome !== "200") await sleep(1000 * (typeof answer === "string" ? 1 : Number(answer.retryAfter ?? 1)));
    }
    agent.destroy();
  };
  const begin = Date.now();
  let end = begin;
  const ending = (async () => {
    while (!isOver()) await sleep(20);
    end = Date.now();
  })();
  await Promise.all([ending, ...Array.from({ length: people }, ask)]);
  return { perSecond: (1000 * good) / (end - begin), refused };
}

interface Answer {
  status: number;
  body: string;
  cookie: string;
  retryAfter: string | undefined;
}

interface Sent {
  cookie?: string;
  body?: object;
  agent?: Agent;
}

/** One request as a page of the site would send it. Fails if there is no answer within half a minute. */
export async function send(method: string, path: string, { cookie, body, agent }: Sent = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    origin: stack.url,
    ...(cookie === undefined ? {} : { cookie }),
    ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
  };
  const sending = request(new URL(path, stack.url), { method, headers, agent, timeout: 30_000 }, (answer) => {
    const parts: Buffer[] = [];
    answer.on("data", (part: Buffer) => parts.push(part));
    answer.on("error", reject);
    answer.on("end", () => {
      resolve({
        status: answer.statusCode ?? 0,
        body: Buffer.concat(parts).toString(),
        cookie: (answer.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; "),
        retryAfter: answer.headers["retry-after"],
      });
    });
  });
  sending.on("timeout", () => sending.destroy(new Error("no answer within 30 seconds")));
  sending.on("error", reject);
  sending.end(text);
  return await promise;
}
