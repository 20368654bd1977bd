import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../tests/helpers/browser.ts";
import { change } from "./edits.ts";

/** The sign-up page of a stack under `npm run dev`, open in a browser. */
export class OpenPage {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async at(url: string): Promise<OpenPage> {
    const browser = await launchBrowser();
    const page = await browser.newPage({ baseURL: url });
    // What is asked for first is compiled first.
    page.setDefaultTimeout(180_000);
    // Next.js tells an open page of what changes from here on.
    const connected = page.waitForEvent("console", (message) => message.text().includes("[HMR] connected"));
    await page.goto("/signup");
    await connected;
    return new OpenPage(browser, page);
  }

  /** Edits the heading of the page, a React component, until it shows. */
  async edit(folder: string, mark: string): Promise<void> {
    const heading = `Create your account ${mark}`;
    await change(
      folder,
      "apps/frontend/src/components/account/credentials-form.tsx",
      /Create your account( own-\d+)?/,
      heading,
    );
    await this.#page.getByRole("heading", { name: heading, exact: true }).waitFor();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}
