import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import which from "which";

/** Opens a page in a real Chromium with an empty profile, hands it over, and closes it again. */
export async function withPage(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "todo-stack-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    baseURL: url,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function findChromium(): Promise<string> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const path = await which(name, { nothrow: true });
    if (path !== null) return path;
  }
  throw new Error("No Chromium on PATH: install Debian's chromium or Google Chrome.");
}
