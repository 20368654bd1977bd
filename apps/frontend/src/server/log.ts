import "server-only";

const order = ["debug", "info", "warn", "error"] as const;

/** How grave a line is, from least to most. */
export type Level = (typeof order)[number];

/**
 * Writes one JSON line to standard output, or nothing if `LOG_LEVEL` (default info) is above `level`.
 * `JSON.stringify` escapes line breaks and control characters, so that no field can forge a line.
 */
export function log(level: Level, message: string, fields: Record<string, unknown> = {}): void {
  if (order.indexOf(level) < order.indexOf(threshold())) return;
  const line = { timestamp: new Date().toISOString(), level, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Read loosely, because a wrong environment must be logged too.
function threshold(): Level {
  const wanted = (process.env.LOG_LEVEL ?? "info").toLowerCase();
  return order.find((level) => wanted.startsWith(level)) ?? (wanted === "critical" ? "error" : "info");
}
