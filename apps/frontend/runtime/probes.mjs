import http from "node:http";

/**
 * Answers probes at a port of its own, so that load alone does not get the pod restarted. Node takes one new connection
 * in each turn of its event loop: where hundreds come at once, a probe at their port would wait behind them all.
 * @param {number} port
 * @param {string} application URL at which the application answers a probe itself. Until it first has, it is starting:
 * 503.
 */
export function serveProbes(port, application) {
  let isUp = false;
  const server = http.createServer((_request, response) => {
    void (async () => {
      isUp ||= await answers(application);
      response.writeHead(isUp ? 200 : 503, { "cache-control": "no-store" }).end();
    })();
  });
  server.listen(port);
  // A process that stops does not wait for whoever probes it.
  return server.unref();
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
