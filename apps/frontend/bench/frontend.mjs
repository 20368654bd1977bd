import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const standalone = `${root}.next/standalone/`;

/**
 * Starts what `next build` has made as the image does, or by another program of it, in front of this backend.
 * @param {string} backendUrl
 * @param {string} program
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startFrontend(backendUrl, program = "start.mjs") {
  await cp(`${root}runtime`, standalone, { recursive: true });
  await cp(`${root}.next/static`, `${standalone}.next/static`, { recursive: true });
  await cp(`${root}public`, `${standalone}public`, { recursive: true });
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    cwd: standalone,
    // The log goes through a pipe, as in a container.
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      HOSTNAME: "127.0.0.1",
      PORT: String(port),
      BACKEND_URL: backendUrl,
    },
  });
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const health = await fetch(`${url}/api/health`).catch(() => null);
    if (health?.ok === true) return { url, stop: () => child.kill() };
    await sleep(200);
  }
  child.kill();
  throw new Error(`The frontend did not start at ${url}. Run "npm run build" first.`);
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
