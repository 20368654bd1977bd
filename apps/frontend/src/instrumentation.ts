/** Runs once when the server starts: a wrong environment ends it at once instead of failing the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { checkEnvironment } = await import("@/server/check-environment");
  const { METRICS_PORT: port } = checkEnvironment();
  if (port === undefined) return;
  // Loaded only where somebody reads them.
  const { serveMetrics } = await import("@/server/metrics");
  serveMetrics(port);
}
