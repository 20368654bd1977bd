import http from "node:http";

const known = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"];

/**
 * Answers every other method (TRACE, PROPFIND and so on) with 405 before the framework sees the request, because some
 * of them make it fail. Holds for servers that are created later.
 */
export function refuseUnknownMethods() {
  const { createServer } = http;
  // The framework calls it with a listener alone.
  const guarded = (/** @type {http.RequestListener} */ listener) =>
    createServer((request, response) => {
      if (known.includes(request.method ?? "")) listener(request, response);
      else refuse(response);
    });
  http.createServer = /** @type {typeof createServer} */ (guarded);
}

/** @param {http.ServerResponse} response */
function refuse(response) {
  const allow = known.join(", ");
  const id = crypto.randomUUID();
  const problem = { type: "about:blank", title: "Method not allowed", status: 405, detail: `Use one of ${allow}.` };
  response
    .writeHead(405, {
      allow,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": id,
    })
    .end(JSON.stringify({ ...problem, request_id: id }));
}
