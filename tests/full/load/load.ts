import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { stack } from "../../stack/stack.ts";

const perSecond = 50;

/** What became of a load. */
export interface Outcome {
  sent: number;
  seconds: number;
  /** Requests that were not answered as they should be: what went wrong, and how often. */
  lost: Record<string, number>;
  /** Todos that were confirmed and are not there exactly once. */
  miscounted: string[];
}

/** Does something under load, of which no request and no write may be lost. */
export async function loseNothing(work: () => Promise<void>): Promise<void> {
  const { sent, seconds, lost, miscounted } = await Load.during(work);
  assert.deepEqual(lost, {}, `of ${sent} requests some were lost`);
  assert.deepEqual(miscounted, [], "every todo that was confirmed must be there once");
  console.log(`      ${sent} requests in ${seconds} s, none lost; ${Math.ceil(sent / 2)} writes, each there once`);
}

/**
 * A steady load of 50 requests a second on the stack, by somebody with an account of their own: every second one adds a todo of
 * its own, the others read. Every second pair of them goes over six connections that are kept, as by a browser, the others each
 * over a new one. Nothing is ever tried again.
 */
export class Load {
  readonly lost: Record<string, number> = {};
  sent = 0;
  readonly #cookie: string;
  readonly #password: string;
  readonly #saved = new Set<string>();
  readonly #open = new Set<Promise<void>>();
  // Shorter than the five idle seconds after which the server ends a connection: a request in that moment would be lost.
  readonly #kept = new Agent({ keepAlive: true, maxSockets: 6, timeout: 3_000 });
  readonly #timer: NodeJS.Timeout;

  private constructor(cookie: string, password: string) {
    this.#cookie = cookie;
    this.#password = password;
    const begin = Date.now();
    // A timer comes late on a busy machine: what it owes is sent then.
    this.#timer = setInterval(() => {
      while (this.sent < ((Date.now() - begin) / 1000) * perSecond) {
        const sending = this.#send(this.sent++).finally(() => this.#open.delete(sending));
        this.#open.add(sending);
      }
    }, 1000 / perSecond);
  }

  /** Keeps the load up while something is done, and tells what became of it. */
  static async during(work: () => Promise<void>): Promise<Outcome> {
    const password = randomUUID();
    const answer = await call("POST", "/api/account", {}, { email: `${randomUUID()}@example.com`, password });
    assert.ok(answer.status < 300, `signing up for the load must succeed: ${answer.status} ${answer.body}`);
    const load = new Load(answer.cookie, password);
    try {
      await work();
    } finally {
      await load.#stop();
    }
    const there = Map.groupBy(await load.#titles(), (title) => title);
    const times = (title: string): number => there.get(title)?.length ?? 0;
    await load.#leave();
    const miscounted = [...load.#saved].filter((title) => times(title) !== 1);
    const { sent, lost } = load;
    return {
      sent,
      seconds: Math.round(sent / perSecond),
      lost,
      miscounted: miscounted.map((title) => `${title}: ${times(title)} times`),
    };
  }

  /** Waits for what is still open. */
  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#kept.destroy();
  }

  async #send(number: number): Promise<void> {
    const title = number % 2 === 0 ? `todo ${number}` : undefined;
    const agent = number % 4 < 2 ? this.#kept : new Agent();
    const headers = { cookie: this.#cookie };
    try {
      const { status, body } =
        title === undefined
          ? await call("GET", "/api/backend/todos?limit=1", headers, undefined, agent)
          : await call("POST", "/api/backend/todos", headers, { title }, agent);
      if (status === (title === undefined ? 200 : 201)) {
        if (title !== undefined) this.#saved.add(title);
      } else this.#count(title, agent, `${status} ${body.replace(/"[a-z_]*id": ?"[^"]*"/g, "")}`);
    } catch (error) {
      this.#count(title, agent, String(error));
    }
  }

  #count(title: string | undefined, agent: Agent, fault: string): void {
    const what = `${title === undefined ? "GET" : "POST"} over a ${agent === this.#kept ? "kept" : "new"} connection: ${fault}`;
    this.lost[what] = (this.lost[what] ?? 0) + 1;
  }

  async #titles(): Promise<string[]> {
    const titles: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await call("GET", `/api/backend/todos?limit=100${query}`, { cookie: this.#cookie });
      assert.equal(answer.status, 200, `the todos of the load must be listed: ${answer.body}`);
      titles.push(...(JSON.parse(answer.body) as { title: string }[]).map(({ title }) => title));
      cursor = answer.next;
    } while (cursor !== undefined);
    return titles;
  }

  async #leave(): Promise<void> {
    const answer = await call("DELETE", "/api/account", { cookie: this.#cookie }, { password: this.#password });
    assert.ok(answer.status < 300, `the account of the load must be deleted: ${answer.body}`);
  }
}

interface Answer {
  status: number;
  body: string;
  cookie: string;
  next: string | undefined;
}

/** One request as a page of the site would send it. */
async function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
  agent = new Agent(),
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const text = body === undefined ? undefined : JSON.stringify(body);
  // Node sends the body of a DELETE without its length otherwise.
  const typed =
    text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const all = { ...headers, ...typed, origin: stack.url };
  // A request that hangs is lost as well.
  const sending = request(new URL(path, stack.url), { method, agent, headers: all, timeout: 30_000 }, (answer) => {
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
