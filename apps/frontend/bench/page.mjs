// What the list page costs in a real Chromium: JavaScript shipped, largest paint, layout shift.
// "node bench/page.mjs [URL]": of a running frontend, by an account made for it; without URL, of the last build.
import { chromium } from "playwright-core";
import { startFakeBackend } from "./fake-backend.mjs";
import { startFrontend } from "./frontend.mjs";

const rounds = 5;

/** Lighthouse's idea of a phone: a processor four times slower, and its "slow 4G". */
const phone = {
  cpu: 4,
  network: { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 },
};

const views = [
  { name: "desktop", size: { width: 1280, height: 800 }, throttle: null },
  { name: "phone, throttled", size: { width: 390, height: 844 }, throttle: phone },
];

/** Runs in the page. */
async function figures() {
  /** @param {string} type @returns {Promise<(PerformanceEntry & { value?: number })[]>} */
  const entries = (type) =>
    new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => {
        resolve(list.getEntries());
      });
      observer.observe({ type, buffered: true });
      setTimeout(resolve, 500, []);
    });
  const paints = await entries("largest-contentful-paint");
  const shifts = await entries("layout-shift");
  const resources = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
  const scripts = resources.filter((entry) => new URL(entry.name).pathname.endsWith(".js"));
  return {
    files: scripts.length,
    kilobytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000,
    lcp: paints.at(-1)?.startTime ?? NaN,
    cls: shifts.reduce((sum, { value = 0 }) => sum + value, 0),
  };
}

/** @param {import("playwright-core").Browser} browser @param {string} url @param {(typeof views)[number]} view */
async function measure(browser, url, { size, throttle }) {
  // Each load is to come from the server.
  const context = await browser.newContext({ baseURL: url, viewport: size, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto("/signup");
  await page.evaluate(async () => {
    /** @param {string} path @param {object} body */
    const post = (path, body) =>
      fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    await post("/api/account", { email: `bench-${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() });
    for (let count = 1; count <= 20; count++) await post("/api/backend/todos", { title: `Todo number ${count}` });
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  if (throttle) {
    await devtools.send("Network.emulateNetworkConditions", throttle.network);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: throttle.cpu });
  }
  const results = [];
  for (let round = 0; round < rounds; round++) {
    await page.goto("/");
    await page.getByRole("checkbox").first().waitFor();
    await page.waitForTimeout(1000);
    results.push(await page.evaluate(figures));
  }
  await context.close();
  return results;
}

/** Smallest, middle and largest. @param {number[]} values @param {number} digits */
function spread(values, digits) {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((value) => value?.toFixed(digits)).join(" / ");
}

const given = process.argv[2];
const backend = given === undefined ? await startFakeBackend() : null;
const frontend = backend === null ? null : await startFrontend(backend.url);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: process.getuid?.() !== 0,
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
try {
  console.log(`The list page, cache off; min / median / max of ${rounds} loads.\n`);
  console.log("| view | JavaScript, kB compressed | files | LCP, ms | CLS |\n| --- | --- | --- | --- | --- |");
  for (const view of views) {
    const results = await measure(browser, given ?? frontend?.url ?? "", view);
    const column = (/** @type {keyof (typeof results)[number]} */ name) => results.map((result) => result[name]);
    const kilobytes = spread(column("kilobytes"), 1);
    const cells = [kilobytes, spread(column("files"), 0), spread(column("lcp"), 0), spread(column("cls"), 3)];
    console.log(`| ${view.name} | ${cells.join(" | ")} |`);
  }
} finally {
  await browser.close();
  frontend?.stop();
  await backend?.stop();
}
