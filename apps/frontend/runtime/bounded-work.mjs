import http from "node:http";

/** @typedef {import("node:http").IncomingMessage} Request */
/** @typedef {import("node:http").ServerResponse} Answer */

/**
 * Most requests of each kind that are taken at the same time, and of these most that are worked on, if that is less; the first kind
 * that fits counts. Each kind has a share of its own, because a crowd of one must not lock out the others: what streams is open for
 * long, and a new password takes long.
 * @type {{ kind: string, most: number, atOnce?: number, fits: (method: string, path: string) => boolean }[]}
 */
const shares = [
  {
    kind: "answers of the chat",
    most: 50,
    fits: (method, path) => method === "POST" && path.endsWith("/chat/messages"),
  },
  { kind: "sign-ups", most: 16, fits: (method, path) => method === "POST" && path === "/api/account" },
  { kind: "sign-ins", most: 32, fits: (method, path) => method === "POST" && path === "/api/session" },
  { kind: "files", most: 64, fits: (_method, path) => path.startsWith("/_next/static/") },
  // To make a page takes many milliseconds of the processor and megabytes. More at once would not be quicker, and would take the
  // memory of the pod.
  { kind: "pages", most: 64, atOnce: 4, fits: (_method, path) => !path.startsWith("/api/") },
  { kind: "all others", most: 64, fits: () => true },
];

const probe = "/api/health";
const retrySeconds = 1;

/**
 * Refuses at once what is more than this process can do, instead of letting everybody wait, and answers probes ahead of all
 * that waits: load alone must not get the pod restarted. Holds for servers that are created later.
 */
export function boundWork() {
  const { createServer } = http;
  // The framework calls it with a listener alone.
  const guarded = (/** @type {http.RequestListener} */ listener) => createServer(bounded(listener));
  http.createServer = /** @type {typeof createServer} */ (guarded);
}

/** @param {http.RequestListener} listener */
function bounded(listener) {
  const open = shares.map(() => 0);
  const working = shares.map(() => 0);
  /** Those that are taken and not worked on yet, oldest first. @type {[Request, Answer][][]} */
  const waiting = shares.map(() => []);
  /** When each connection that was refused may ask again. @type {WeakMap<import("node:net").Socket, number>} */
  const patience = new WeakMap();
  let isUp = false;

  /** @param {Request} request @param {Answer} response */
  function serve(request, response) {
    const path = request.url?.split("?")[0] ?? "";
    if (path === probe && request.method === "GET") {
      answerProbe(request, response);
      return;
    }
    const share = shares.findIndex(({ fits }) => fits(request.method ?? "", path));
    const { most = 0 } = shares[share] ?? {};
    if ((open[share] ?? 0) >= most) {
      refuseOrWait(request, response);
      return;
    }
    open[share] = (open[share] ?? 0) + 1;
    response.once("close", () => {
      open[share] = (open[share] ?? 0) - 1;
    });
    work(share, request, response);
  }

  /** @param {number} share @param {Request} request @param {Answer} response */
  function work(share, request, response) {
    const { atOnce = Infinity } = shares[share] ?? {};
    if ((working[share] ?? 0) >= atOnce) {
      waiting[share]?.push([request, response]);
      return;
    }
    working[share] = (working[share] ?? 0) + 1;
    response.once("close", () => {
      working[share] = (working[share] ?? 0) - 1;
      workOnNext(share);
    });
    listener(request, response);
  }

  /** Whoever has left meanwhile is passed over. @param {number} share */
  function workOnNext(share) {
    for (let next = waiting[share]?.shift(); next !== undefined; next = waiting[share]?.shift()) {
      const [request, response] = next;
      if (response.destroyed) continue;
      work(share, request, response);
      return;
    }
  }

  /** The first time the application answers itself: until then it is starting. @param {Request} request @param {Answer} response */
  function answerProbe(request, response) {
    if (isUp) {
      response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify({ status: "ok" }));
      return;
    }
    response.once("finish", () => {
      isUp ||= response.statusCode === 200;
    });
    listener(request, response);
  }

  /**
   * Who comes back over the same connection before it is time waits here for the rest of it. Otherwise those who do not wait
   * would be refused so often that no processor is left for the work.
   * @param {Request} request @param {Answer} response
   */
  function refuseOrWait(request, response) {
    const { socket } = request;
    const early = (patience.get(socket) ?? 0) - Date.now();
    if (early > 0) {
      setTimeout(() => {
        if (!response.destroyed) serve(request, response);
      }, early);
      return;
    }
    patience.set(socket, Date.now() + retrySeconds * 1000);
    refuse(request, response);
  }

  return serve;
}

/** @param {Request} request @param {Answer} response */
function refuse(request, response) {
  const id = crypto.randomUUID();
  const isPage = request.headers.accept?.startsWith("text/html") ?? false;
  response
    .writeHead(503, {
      "retry-after": String(retrySeconds),
      "content-type": isPage ? "text/html; charset=utf-8" : "application/problem+json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": id,
    })
    .end(isPage ? page : JSON.stringify({ ...problem, request_id: id }));
}

const detail = "The server has more to do than it can at the moment. Try again in a second.";

const problem = { type: "about:blank", title: "Busy", status: 503, detail };

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>Busy</title>
<h1>The server is busy</h1>
<p>It has more to do than it can at the moment. This page tries again by itself.</p>
</html>
`;
