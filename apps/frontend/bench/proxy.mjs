// What the proxy adds to a request: the same request straight to a backend that does nothing, and through the frontend.
import { Pool } from "undici";
import { startFakeBackend } from "./fake-backend.mjs";
import { startFrontend } from "./frontend.mjs";

const rounds = 7;
const requests = 1000;

/**
 * Times of so many requests in milliseconds, sorted.
 * @param {string} origin @param {string} path @param {number} concurrency
 */
async function times(origin, path, concurrency) {
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  /** @type {number[]} */
  const taken = [];
  const ask = async () => {
    for (let count = 0; count < requests / concurrency; count++) {
      const started = performance.now();
      const { statusCode, body } = await pool.request({
        path,
        method: "GET",
        headers: { cookie: "todo_session=token" },
      });
      await body.text();
      if (statusCode !== 200) throw new Error(`${origin}${path} answered ${statusCode}.`);
      taken.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  await pool.close();
  return taken.sort((a, b) => a - b);
}

/** @param {readonly number[]} sorted @param {number} share */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

/** Smallest, middle and largest. @param {readonly number[]} values */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, 0.5, 1].map((share) => quantile(sorted, share).toFixed(2)).join(" / ");
}

const backend = await startFakeBackend();
const frontend = await startFrontend(backend.url);
try {
  console.log(`Milliseconds a request; min / median / max of ${rounds} rounds of ${requests} requests each.\n`);
  console.log("| concurrency | figure | direct | through the proxy | added |\n| --- | --- | --- | --- | --- |");
  for (const concurrency of [1, 10]) {
    // Once for the compilers of both sides.
    await times(frontend.url, "/api/backend/todos?limit=5", concurrency);
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      const direct = await times(backend.url, "/api/v1/todos?limit=5", concurrency);
      pairs.push({ direct, proxied: await times(frontend.url, "/api/backend/todos?limit=5", concurrency) });
    }
    for (const [name, share] of /** @type {const} */ ([
      ["p50", 0.5],
      ["p99", 0.99],
    ])) {
      const direct = pairs.map((pair) => quantile(pair.direct, share));
      const proxied = pairs.map((pair) => quantile(pair.proxied, share));
      const added = proxied.map((value, round) => value - (direct[round] ?? NaN));
      console.log(`| ${concurrency} | ${name} | ${spread(direct)} | ${spread(proxied)} | ${spread(added)} |`);
    }
  }
} finally {
  frontend.stop();
  await backend.stop();
}
