import "server-only";
import type { NextRequest } from "next/server";
import { z } from "zod";
import { problem } from "@/server/problem-answer";
import { isSameOrigin } from "./same-origin";

// The backend has the say over what is a good address or password; this only bounds what is sent to it.
const password = z.string().min(1).max(1024);

/** An email address and a password, and nothing else. */
export const credentialsSchema = z.strictObject({ email: z.string().min(1).max(254), password });

/** A password alone. */
export const passwordSchema = z.strictObject({ password });

/** What a person types to sign up or to sign in. */
export type Credentials = z.output<typeof credentialsSchema>;

const maxBytes = 8 * 1024;

/** Reads what this site's own pages sent, by its schema; the problem to answer with if that is not there. */
export async function readJson<T>(request: NextRequest, id: string, schema: z.ZodType<T>): Promise<T | Response> {
  if (!isSameOrigin(request)) return problem(403, "Only pages of this site may do this.", id);
  if (!/^application\/json(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    return problem(415, "Send the body as application/json.", id);
  }
  const length = request.headers.get("content-length");
  if (length === null) return problem(400, "Send a body of a known length.", id);
  if (Number(length) > maxBytes) return problem(413, `The body must not be larger than ${maxBytes} bytes.`, id);
  const parsed = schema.safeParse(await request.json().catch(() => null));
  return parsed.success ? parsed.data : problem(400, "Fill in every field, and send nothing else.", id);
}
