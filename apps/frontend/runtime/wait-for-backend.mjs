// For the init container: ends with 0 as soon as the backend is ready, with 1 if that takes too long.
// BACKEND_URL is the backend's origin; WAIT_SECONDS bounds the wait (default 120).
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 1000;

/** @param {"info" | "warn" | "error"} level @param {string} message @param {object} fields */
function log(level, message, fields = {}) {
  process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  log("error", message);
  process.exit(1);
}

function settings() {
  const url = URL.parse("/health/ready", process.env.BACKEND_URL);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    fail("BACKEND_URL must be the backend's address, such as http://todo-backend:8000.");
  }
  const seconds = Number(process.env.WAIT_SECONDS ?? 120);
  if (!(seconds > 0)) fail("WAIT_SECONDS must be a number of seconds above 0.");
  return { url, seconds };
}

/** @param {URL} url */
async function askOnce(url) {
  try {
    // A connection of its own for each try: while the backend's name is new, it may lead elsewhere, and must be looked
    // up again.
    const headers = { connection: "close" };
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return { ready: response.status === 200, reason: `status ${response.status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { ready: false, reason: String(cause) };
  }
}

const { url, seconds } = settings();
const deadline = Date.now() + seconds * 1000;
process.once("SIGTERM", () => fail("Told to stop before the backend was ready."));

for (let attempt = 1; ; attempt++) {
  const { ready, reason } = await askOnce(url);
  if (ready) {
    log("info", "The backend is ready.", { attempt });
    process.exit(0);
  }
  log("warn", "The backend is not ready yet.", { attempt, url: url.href, reason });
  if (Date.now() + pauseMs > deadline) {
    fail(
      `The backend was not ready within ${seconds} s at ${url.href} (${reason}). Look at the backend's pods and logs.`,
    );
  }
  await sleep(pauseMs);
}
