import { chromium, type Browser, type Page } from "playwright-core";
import which from "which";

/** Starts a real Chromium with an empty profile. Each of its contexts is a device of its own. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
}

/** Opens a page in a browser of its own, hands it over, and closes it again. */
export async function withPage(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    await use(await browser.newPage({ baseURL: url }));
  } finally {
    await browser.close();
  }
}

/**
 * Closes all devices. If the test did not pass, says first what each page showed: a message about a locator tells what
 * was not there, not what was.
 */
export async function closeDevices(browser: Browser, test: Mocha.Test | undefined): Promise<void> {
  for (const context of browser.contexts()) {
    if (test?.state !== "passed") for (const page of context.pages()) console.error(await shownBy(page));
    await context.close();
  }
}

async function shownBy(page: Page): Promise<string> {
  const text = await page
    .locator("body")
    .innerText({ timeout: 5_000 })
    .catch((error: unknown) => String(error));
  return `The page ${page.url()} showed at the end of the test:\n${text.slice(0, 2_000)}`;
}

async function findChromium(): Promise<string> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const path = await which(name, { nothrow: true });
    if (path !== null) return path;
  }
  throw new Error("No Chromium on PATH: install Debian's chromium or Google Chrome.");
}
