// What is served of more than the frontend can bear: lists through the proxy, by ever more people who ask without a
// pause and come back as late as they are told. Once as the image starts it, once as `next build` has made it, without
// bounds.
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "undici";
import { startFakeBackend } from "./fake-backend.mjs";
import { startFrontend } from "./frontend.mjs";

const holds = 50;
const seconds = 10;

/** @param {readonly number[]} times @param {number} share */
function quantile(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? NaN);
}

/** @param {string} url @param {number} people */
async function crowd(url, people) {
  /** @type {number[]} */
  const served = [];
  /** @type {number[]} */
  const probes = [];
  let refused = 0;
  let failed = 0;
  const end = performance.now() + seconds * 1000;
  const isOver = () => performance.now() >= end;
  const ask = async () => {
    const client = new Client(url, { headersTimeout: 30_000 });
    while (!isOver()) {
      const started = performance.now();
      try {
        const { statusCode, headers, body } = await client.request({
          path: "/api/backend/todos",
          method: "GET",
          headers: { cookie: "todo_session=token" },
        });
        await body.dump();
        if (statusCode === 200 && !isOver()) served.push(performance.now() - started);
        if (statusCode !== 200) {
          refused++;
          await sleep(1000 * Number(headers["retry-after"] ?? 1));
        }
      } catch {
        failed++;
      }
    }
    await client.destroy();
  };
  // As the kubelet asks: over a new connection each time.
  const probe = async () => {
    while (!isOver()) {
      const started = performance.now();
      const answer = await fetch(`${url}/api/health`, { headers: { connection: "close" } }).catch(() => null);
      await answer?.text();
      probes.push(answer?.ok === true ? performance.now() - started : Infinity);
      await sleep(500);
    }
  };
  await Promise.all([probe(), ...Array.from({ length: people }, ask)]);
  return { served, refused, failed, probes };
}

console.log(
  "| server | people | served/s | of the peak | p50, ms | p99, ms | refused/s | failed | slowest probe, ms |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
const backend = await startFakeBackend();
try {
  for (const program of ["start.mjs", "server.js"]) {
    const frontend = await startFrontend(backend.url, program);
    try {
      // Once for the compilers of both sides.
      await crowd(frontend.url, holds);
      let peak = 0;
      for (const people of [holds, 2 * holds, 8 * holds]) {
        const { served, refused, failed, probes } = await crowd(frontend.url, people);
        peak ||= served.length;
        const cells = [
          program,
          people,
          Math.round(served.length / seconds),
          `${Math.round((100 * served.length) / peak)} %`,
          quantile(served, 0.5),
          quantile(served, 0.99),
          Math.round(refused / seconds),
          failed,
          Math.round(Math.max(...probes)),
        ];
        console.log(`| ${cells.join(" | ")} |`);
      }
    } finally {
      frontend.stop();
    }
  }
} finally {
  await backend.stop();
}
