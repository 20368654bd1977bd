import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Agent, AgentOptions, IncomingHttpHeaders } from "node:http";

/** What became of a load. */
export interface Outcome {
  sent: number;
  seconds: number;
  /** Requests that were not answered as they should be: what went wrong, and how often. */
  lost: Record<string, number>;
  /** When each of the writes among them was sent, as `Date.now()` has it. */
  lostWrites: number[];
  /** Todos that were confirmed and are not there exactly once. */
  miscounted: string[];
}

/** Does something under a {@link Load}, of which no request and no write may be lost. */
export async function loseNothing(site: Site, work: () => Promise<void>, perSecond?: number): Promise<void> {
  const { sent, seconds, lost, miscounted } = await Load.during(site, work, perSecond);
  assert.deepEqual(lost, {}, `of ${sent} requests some were lost`);
  assert.deepEqual(miscounted, [], "every todo that was confirmed must be there once");
  console.log(`      ${sent} requests in ${seconds} s, none lost; ${Math.ceil(sent / 2)} writes, each there once`);
}

/**
 * Takes a node away under a {@link Load}. Only writes may be lost, and only those that were sent before the node was
 * gone.
 * @param lose takes the node away, and ends when it is gone.
 * @param settle ends when the cluster has noticed.
 */
export async function loseOnlyWhatIsOnTheWay(
  site: Site,
  lose: () => Promise<unknown>,
  settle: () => Promise<unknown>,
  perSecond?: number,
): Promise<void> {
  let gone = 0;
  const work = async (): Promise<void> => {
    await lose();
    gone = Date.now();
    await settle();
  };
  const { sent, seconds, lost, lostWrites, miscounted } = await Load.during(site, work, perSecond);
  const reads = Object.entries(lost).filter(([what]) => what.startsWith("GET"));
  assert.deepEqual(reads, [], `of ${sent} requests reads were lost`);
  const later = lostWrites.filter((at) => at > gone).map((at) => `${at - gone} ms later`);
  assert.deepEqual(later, [], `writes were lost that were sent after the node was gone: ${JSON.stringify(lost)}`);
  assert.deepEqual(miscounted, [], "every todo that was confirmed must be there once");
  console.log(`      ${sent} requests in ${seconds} s, lost: ${lostWrites.length} writes on their way`);
}

/**
 * A steady load on a stack, by default 50 requests a second, by somebody with an account of their own: every second one
 * adds a todo of its own, the others read. Every second pair of them goes over six connections that are kept, as by a
 * browser, the others each over a new one. Nothing is ever tried again.
 */
export class Load {
  readonly lost: Record<string, number> = {};
  readonly lostWrites: number[] = [];
  sent = 0;
  readonly #site: Site;
  readonly #cookie: string;
  readonly #password: string;
  readonly #saved = new Set<string>();
  readonly #open = new Set<Promise<void>>();
  readonly #kept: Agent;
  readonly #timer: NodeJS.Timeout;

  private constructor(site: Site, perSecond: number, cookie: string, password: string) {
    this.#site = site;
    // Shorter than the five idle seconds after which the server ends a connection: a request in that moment would be
    // lost.
    this.#kept = new site.Agent({ keepAlive: true, maxSockets: 6, timeout: 3_000 });
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
  static async during(site: Site, work: () => Promise<void>, perSecond = 50): Promise<Outcome> {
    const password = randomUUID();
    const answer = await site.call({
      method: "POST",
      path: "/api/account",
      body: { email: `${randomUUID()}@example.com`, password },
    });
    assert.ok(answer.status < 300, `signing up for the load must succeed: ${answer.status} ${answer.body}`);
    const load = new Load(site, perSecond, answer.cookie, password);
    try {
      await work();
    } finally {
      await load.#stop();
    }
    const there = Map.groupBy(await load.#titles(), (title) => title);
    const times = (title: string): number => there.get(title)?.length ?? 0;
    await load.#leave();
    const miscounted = [...load.#saved].filter((title) => times(title) !== 1);
    const { sent, lost, lostWrites } = load;
    return {
      sent,
      seconds: Math.round(sent / perSecond),
      lost,
      lostWrites,
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
    const agent = number % 4 < 2 ? this.#kept : undefined;
    const path = "/api/backend/todos";
    const common = { cookie: this.#cookie, agent };
    const at = Date.now();
    try {
      const { status, body } = await this.#site.call(
        title === undefined
          ? { ...common, method: "GET", path: `${path}?limit=1` }
          : { ...common, method: "POST", path, body: { title } },
      );
      if (status === (title === undefined ? 200 : 201)) {
        if (title !== undefined) this.#saved.add(title);
      } else this.#count(title, at, agent, `${status} ${body.replace(/"[a-z_]*id": ?"[^"]*"/g, "")}`);
    } catch (error) {
      this.#count(title, at, agent, String(error));
    }
  }

  #count(title: string | undefined, at: number, agent: Agent | undefined, fault: string): void {
    if (title !== undefined) this.lostWrites.push(at);
    const what = `${title === undefined ? "GET" : "POST"} over a ${agent === this.#kept ? "kept" : "new"} connection: ${fault}`;
    this.lost[what] = (this.lost[what] ?? 0) + 1;
  }

  async #titles(): Promise<string[]> {
    const titles: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await this.#site.call({
        method: "GET",
        path: `/api/backend/todos?limit=100${query}`,
        cookie: this.#cookie,
      });
      assert.equal(answer.status, 200, `the todos of the load must be listed: ${answer.body}`);
      titles.push(...(JSON.parse(answer.body) as { title: string }[]).map(({ title }) => title));
      cursor = answer.next;
    } while (cursor !== undefined);
    return titles;
  }

  async #leave(): Promise<void> {
    const answer = await this.#site.call({
      method: "DELETE",
      path: "/api/account",
      cookie: this.#cookie,
      body: { password: this.#password },
    });
    assert.ok(answer.status < 300, `the account of the load must be deleted: ${answer.body}`);
  }
}

/** What a request was answered with. */
export interface Answer {
  status: number;
  body: string;
  /** The cookies that it sets, as they are sent back. */
  cookie: string;
  /** Where the next page of the list begins. */
  next: string | undefined;
}

/** Where requests go. */
export interface Site {
  /** Sends one request as a page of the site would. */
  call: (request: Sent) => Promise<Answer>;
  /** What keeps connections to it: the agent of `node:http` or `node:https`. */
  Agent: new (options?: AgentOptions) => Agent;
}

/** A request. */
export interface Sent {
  method: string;
  path: string;
  cookie?: string;
  body?: object;
  /** Whose connections it goes over. Without one, over a new connection. */
  agent?: Agent | undefined;
}

/** The headers and the text of a request, as a page of the site at an origin would send them. */
export function asPage(
  { cookie, body }: Sent,
  origin: string,
): { headers: Record<string, string>; text: string | undefined } {
  const headers = { origin, ...(cookie === undefined ? {} : { cookie }) };
  if (body === undefined) return { headers, text: undefined };
  const text = JSON.stringify(body);
  // Node sends the body of a DELETE without its length otherwise.
  const length = `${Buffer.byteLength(text)}`;
  return { headers: { ...headers, "content-type": "application/json", "content-length": length }, text };
}

/** What a load reads of an answer. */
export function answerOf(status: number | undefined, headers: IncomingHttpHeaders, body: string): Answer {
  const next = headers["x-next-cursor"];
  return {
    status: status ?? 0,
    body,
    cookie: (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; "),
    next: typeof next === "string" ? next : undefined,
  };
}
