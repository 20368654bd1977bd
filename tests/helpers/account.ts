import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A person with todos, who uses the application without a browser. */
export class Account {
  #url: string;
  readonly #credentials = { email: `${randomUUID()}@example.com`, password: "a long enough passphrase" };
  #cookies = "";

  private constructor(url: string) {
    this.#url = url;
  }

  /** @param url where the application answers. */
  static async signUp(url: string): Promise<Account> {
    const account = new Account(url);
    await account.#enter("account");
    return account;
  }

  get email(): string {
    return this.#credentials.email;
  }

  /** Goes on at another address, where nobody is signed in yet. */
  moveTo(url: string): void {
    this.#url = url;
    this.#cookies = "";
  }

  /** Calls the list of todos, and gives whatever comes. */
  async todos(method: "GET" | "POST", body?: object): Promise<Response> {
    return await this.call(method, "/api/backend/todos", body);
  }

  async add(title: string): Promise<void> {
    const answer = await this.todos("POST", { title });
    assert.equal(answer.status, 201, `adding a todo must succeed: ${await answer.text()}`);
  }

  /**
   * The titles of all todos. Signs in again where the session has ended, and asks once more where it is told to, as a
   * page does.
   */
  async titles(): Promise<string[]> {
    let answer = await askTwice(() => this.todos("GET"));
    if (answer.status === 401) {
      await this.#enter("session");
      answer = await this.todos("GET");
    }
    assert.equal(answer.status, 200, `the list must answer: ${await answer.clone().text()}`);
    return ((await answer.json()) as { title: string }[]).map(({ title }) => title);
  }

  /** Calls a path of the site as one of its pages would, and gives whatever comes. */
  async call(method: string, path: string, body?: object): Promise<Response> {
    const headers = { origin: this.#url, cookie: this.#cookies, "content-type": "application/json" };
    const sent = body === undefined ? null : JSON.stringify(body);
    return await fetch(`${this.#url}${path}`, { method, headers, body: sent });
  }

  async #enter(path: string): Promise<void> {
    // Just after a new password of the database the pod with the old one may answer, and says when to ask again.
    const answer = await askTwice(() => this.call("POST", `/api/${path}`, this.#credentials));
    assert.ok(answer.ok, `${path} must be answered, not ${answer.status}: ${await answer.clone().text()}`);
    this.#cookies = answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; ");
  }
}

/** Asks once more where the answer says when to. */
async function askTwice(ask: () => Promise<Response>): Promise<Response> {
  const answer = await ask();
  const patience = answer.status === 503 ? answer.headers.get("retry-after") : null;
  if (patience === null) return answer;
  await sleep(Number(patience) * 1000);
  return await ask();
}
