import "server-only";
import { z } from "zod";

const levels = {
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  critical: "error",
} as const;

const schema = z.object({
  BACKEND_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address, such as http://todo-backend:8000" })
    .refine((value) => isOrigin(value), { error: "must hold no path, query, user or password" })
    .transform((value) => new URL(value).origin),
  LOG_LEVEL: z
    .string()
    .default("info")
    .transform((value) => value.toLowerCase())
    .pipe(z.enum(Object.keys(levels) as (keyof typeof levels)[]))
    .transform((value) => levels[value]),
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
});

/**
 * The settings of the server side, read when it runs and never at build time.
 * - `BACKEND_URL`: origin of the backend; required.
 * - `LOG_LEVEL`: debug, info, warning or error in any case; default info.
 * - `TRUSTED_PROXY_HOPS`: how many reverse proxies (an ingress, say) stand in front; default 0, which means that
 *   X-Forwarded-* headers of a caller are not believed.
 * - `METRICS_PORT`: port at which Prometheus finds the metrics of this process; by default nowhere.
 */
export type Environment = z.output<typeof schema>;

/** Reads and checks the settings. Throws one error that lists everything wrong, by variable name and without values. */
export function environment(source: Record<string, string | undefined> = process.env): Environment {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The frontend cannot start, its environment is wrong. ${problems.join("; ")}`);
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
}
