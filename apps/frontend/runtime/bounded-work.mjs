import http from "node:http";

/** @typedef {import("node:http").IncomingMessage} Request */
/** @typedef {import("node:http").ServerResponse} Answer */

/**
 * Most requests of each kind that are taken at the same time, and of these most that are worked on, if that is less;
 * the first kind that fits counts. Each kind has a share of its own, because a crowd of one must not lock out the
 * others: what streams is open for long, and a new password takes long.
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
  // The backend makes them, and may take seconds for a long one.
  { kind: "calendars", most: 32, fits: (_method, path) => path.startsWith("/feeds/") },
  // To make a page takes many milliseconds of the processor and megabytes. More at once would not be quicker, and would
  // take the memory of the pod.
  { kind: "pages", most: 64, atOnce: 4, fits: (_method, path) => !path.startsWith("/api/") },
  { kind: "all others", most: 64, fits: () => true },
];

const behind = "reader is behind";
const probe = "/api/health";
const retrySeconds = 1;
const secondsToTakeBytes = 30;
/**
 * Requests that are begun in one turn of the event loop, in which Node takes one new connection: where many come, they
 * wait less.
 */
const mostPerTurn = 2;

/**
 * Refuses at once what is more than this process can do, instead of letting everybody wait, and answers probes ahead of
 * all that waits. Holds for servers that are created later.
 */
export function boundWork() {
  const { createServer } = http;
  // The framework calls it with a listener alone.
  const guarded = (/** @type {http.RequestListener} */ listener) => createServer(bounded(listener));
  http.createServer = /** @type {typeof createServer} */ (guarded);
}

/** @returns {[Request, Answer][]} */
const newQueue = () => [];

/** @param {http.RequestListener} listener */
function bounded(listener) {
  // `waiting` are those that are taken and not worked on yet, oldest first.
  const lines = shares.map((share) => ({ ...share, open: 0, working: 0, waiting: newQueue() }));
  /** When each connection that was refused may ask again. @type {WeakMap<import("node:net").Socket, number>} */
  const patience = new WeakMap();
  const toBegin = newQueue();
  let isBeginning = false;
  let isUp = false;

  /** @param {Request} request @param {Answer} response */
  function serve(request, response) {
    const path = request.url?.split("?")[0] ?? "";
    if (path === probe && request.method === "GET") {
      answerProbe(request, response);
      return;
    }
    const line = lines.find(({ fits }) => fits(request.method ?? "", path));
    if (line === undefined || line.open >= line.most) {
      refuseOrWait(request, response);
      return;
    }
    line.open += 1;
    response.once("close", () => {
      line.open -= 1;
    });
    dropWhoTakesNoBytes(request, response);
    work(line, request, response);
  }

  /** @param {typeof lines[number]} line @param {Request} request @param {Answer} response */
  function work(line, request, response) {
    if (line.working >= (line.atOnce ?? line.most)) {
      line.waiting.push([request, response]);
      return;
    }
    line.working += 1;
    onceNoLongerMade(response, () => {
      line.working -= 1;
      workOnNext(line);
    });
    toBegin.push([request, response]);
    if (!isBeginning) setImmediate(beginSome);
    isBeginning = true;
  }

  function beginSome() {
    for (const [request, response] of toBegin.splice(0, mostPerTurn)) {
      if (!response.destroyed) listener(request, response);
    }
    isBeginning = toBegin.length > 0;
    if (isBeginning) setImmediate(beginSome);
  }

  /** Whoever has left meanwhile is passed over. @param {typeof lines[number]} line */
  function workOnNext(line) {
    const next = line.waiting.shift();
    if (next === undefined) return;
    if (next[1].destroyed) workOnNext(line);
    else work(line, ...next);
  }

  /**
   * The first time the application answers itself: until then it is starting. @param {Request} request @param {Answer}
   * response
   */
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
   * Who comes back over the same connection before it is time waits here for the rest of it. Otherwise those who do not
   * wait would be refused so often that no processor is left for the work.
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

/**
 * A page that only waits for its reader costs no processor: somebody else's can be made.
 * @param {Answer} response @param {() => void} free
 */
function onceNoLongerMade(response, free) {
  let isFree = false;
  const freeOnce = () => {
    if (!isFree) free();
    isFree = true;
  };
  for (const event of ["prefinish", behind, "close"]) response.once(event, freeOnce);
}

/**
 * Emits `behind` when bytes have waited for their reader for a second, and ends the connection when they still wait
 * after `secondsToTakeBytes`. Else a few who read nothing would keep their share and its memory for ever.
 * @param {Request} request @param {Answer} response
 */
function dropWhoTakesNoBytes({ socket }, response) {
  let due = 0;
  let late = 0;
  const watch = setInterval(() => {
    if (socket.bytesWritten - socket.writableLength >= due) {
      due = socket.bytesWritten;
      late = 0;
      return;
    }
    late += 1;
    response.emit(behind);
    if (late >= secondsToTakeBytes) socket.destroy();
  }, 1000);
  response.once("close", () => {
    clearInterval(watch);
  });
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
