import assert from "node:assert/strict";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { checkout } from "../../machine/paths.ts";

/** Each theme and each width once: what depends on both at a time is too little for twice the time. */
const views = [
  { width: 1280, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;
const folder = join(checkout, "test-results", "screenshots");

/**
 * Looks at a page in its present state as a desktop shows it in light and a phone in dark: takes a picture of each in
 * `test-results/screenshots`, and fails if axe finds something serious by WCAG 2.2 AA, or if the page is wider than the
 * screen.
 */
export async function look(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const { width, colorScheme } of views) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 844 });
    await settle(page);
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), animations: "disabled" });
    assert.deepEqual(await seriousFindings(page), [], `axe on ${name}, ${width} px, ${colorScheme}`);
    const scrolls = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
    assert.equal(scrolls, false, `${name} must not scroll sideways at ${width} px`);
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
}

/** What axe finds serious or critical, as `rule: element`. */
async function seriousFindings(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Waits for colours on their way to another theme; what moves for ever does not count. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    .map((animation) => animation.finished))`);
}
