import assert from "node:assert/strict";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { checkout } from "../../toolchain/paths.ts";

const schemes = ["light", "dark"] as const;
const widths = [1280, 390];
const folder = join(checkout, "test-results", "screenshots");

/**
 * Looks at a page in its present state as a phone and a desktop show it, in light and in dark: takes a picture of each in
 * `test-results/screenshots`, and fails if axe finds something serious by WCAG 2.2 AA, or if the page is wider than the screen.
 */
export async function look(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 844 });
      await settle(page);
      const file = join(folder, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, animations: "disabled" });
      assert.deepEqual(await seriousFindings(page), [], `axe on ${name}, ${width} px, ${colorScheme}`);
      const scrolls = await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth",
      );
      assert.equal(scrolls, false, `${name} must not scroll sideways at ${width} px`);
    }
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
