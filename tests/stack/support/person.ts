import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { stack } from "./stack.ts";

/** Somebody with an account of their own, at one or more devices. */
export class Person {
  readonly email = `sam.${randomUUID().slice(0, 8)}@example.com`;
  readonly password = "a long enough passphrase";
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** A new device, signed in nowhere. Its page has the size of a desktop unless told otherwise. */
  async device(width = 1280): Promise<Page> {
    const context = await this.#browser.newContext({
      baseURL: stack.url,
      viewport: { width, height: 844 },
      locale: "en",
    });
    // What a page waits for may take long on a busy machine; a test that hangs is ended by its own time-out.
    context.setDefaultTimeout(60_000);
    return await context.newPage();
  }

  /** A device on which this person, new until now, has the list open. */
  async signedUp(width?: number): Promise<Page> {
    const page = await this.device(width);
    await send(page.context(), "/api/account", { email: this.email, password: this.password });
    await page.goto("/");
    return page;
  }

  /** Another device, signed in, with the list open. */
  async signedIn(): Promise<Page> {
    const page = await this.device();
    await send(page.context(), "/api/session", { email: this.email, password: this.password });
    await page.goto("/");
    return page;
  }
}

/** Posts as a page of the site would; the context keeps the cookies. */
export async function send(context: BrowserContext, path: string, data: object): Promise<void> {
  const answer = await context.request.post(path, { data, headers: { origin: stack.url } });
  assert.ok(answer.ok(), `POST ${path} must succeed, not answer ${answer.status()}: ${await answer.text()}`);
}

/** Types a todo and waits until the server has it. */
export async function add(page: Page, title: string): Promise<void> {
  const saved = page.waitForResponse(
    (answer) => answer.request().method() === "POST" && answer.url().endsWith("/todos"),
  );
  await page.getByLabel("New todo").fill(title);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  assert.equal((await saved).status(), 201, `the todo ${title} must be saved`);
  await item(page, title).waitFor();
}

/** Does what changes a todo and waits until the server has saved it. The page shows the change before that. */
export async function untilSaved(page: Page, act: () => Promise<void>): Promise<void> {
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await act();
  await saved;
}

/** The line of the list with this title. */
export function item(page: Page, title: string): Locator {
  return page.getByRole("list", { name: "Todos" }).getByRole("listitem").filter({ hasText: title });
}

/** The titles of the list, from top to bottom. */
export async function titles(page: Page): Promise<string[]> {
  return await page.getByRole("list", { name: "Todos" }).getByRole("checkbox").evaluateAll(namesOf);
}

function namesOf(boxes: unknown[]): string[] {
  return (boxes as { labels: { textContent: string }[] }[]).map(({ labels }) => labels[0]?.textContent ?? "");
}
