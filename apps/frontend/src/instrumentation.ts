/** Runs once when the server starts: a wrong environment ends it at once instead of failing the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { checkEnvironment } = await import("@/server/check-environment");
  checkEnvironment();
}
