import "server-only";
import type { NextRequest } from "next/server";
import { z } from "zod";
import { hasBody } from "./bounded-body";
import { problem } from "./problem";
import { isSameOrigin } from "./same-origin";

/** The backend has the say over what is a good address or password; this only bounds what is sent to it. */
const schema = z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(1024) });

/** What a person types to sign up or to sign in. */
export type Credentials = z.output<typeof schema>;

const maxBytes = 8 * 1024;

/** Reads credentials from a request of this site's own pages; the problem to answer with if they are not there. */
export async function readCredentials(request: NextRequest, id: string): Promise<Credentials | Response> {
  if (!isSameOrigin(request)) return problem(403, "Only pages of this site may sign in or sign up.", id);
  if (!/^application\/json(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    return problem(415, "Send the body as application/json.", id);
  }
  const length = request.headers.get("content-length");
  if (!hasBody(request.headers) || length === null) return problem(400, "Send an email and a password.", id);
  if (Number(length) > maxBytes) return problem(413, `The body must not be larger than ${maxBytes} bytes.`, id);
  const parsed = schema.safeParse(await request.json().catch(() => null));
  return parsed.success ? parsed.data : problem(400, "Send an email and a password, and nothing else.", id);
}
