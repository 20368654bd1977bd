export const dynamic = "force-dynamic";

/** For probes: this process answers. It asks nobody else, so that a slow backend does not restart the frontend. */
export function GET(): Response {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
