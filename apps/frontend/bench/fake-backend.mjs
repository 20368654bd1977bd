// A backend that answers at once and does nothing, so that only the frontend is measured. It runs in a thread of its
// own.
import { createServer } from "node:http";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** Starts it on a free port of loopback. @returns {Promise<{ url: string, stop: () => Promise<unknown> }>} */
export async function startFakeBackend() {
  const worker = new Worker(new URL(import.meta.url));
  /** @type {string} */
  const url = await new Promise((resolve) => {
    worker.once("message", resolve);
  });
  return { url, stop: () => worker.terminate() };
}

const todos = Array.from({ length: 100 }, (_, index) => ({
  id: crypto.randomUUID(),
  title: `Todo number ${index + 1}`,
  notes: index % 5 === 0 ? "Something that is longer than the title and wraps on a phone" : "",
  done: index % 3 === 0,
  priority: index % 4,
  due_time: null,
  repeat_from: "due",
  due_date: index % 2 === 0 ? "2030-01-31" : null,
  tags: index % 4 === 0 ? ["home", "garden"] : [],
  recurrence: null,
  position: 100 - index,
  version: 1,
  created_at: new Date(2030, 0, 1, 0, 0, -index).toISOString(),
  updated_at: new Date(2030, 0, 1).toISOString(),
}));

const tokens = { access_token: "a", expires_in: 900, refresh_token: "r", refresh_expires_in: 86_400 };

/** @type {Record<string, unknown>} */
const answers = { "auth/me": { email: "ann@example.com" }, "auth/signup": {}, "auth/signin": tokens };

if (!isMainThread) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const answer =
      answers[pathname.replace("/api/v1/", "")] ?? todos.slice(0, Number(searchParams.get("limit") ?? 100));
    request.resume().once("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") parentPort?.postMessage(`http://127.0.0.1:${address.port}`);
  });
}
