import "server-only";
import { NextResponse, type NextRequest } from "next/server";
import { callHeaders } from "@/server/session/accounts";
import { environment } from "@/server/environment";
import { toBrowser } from "./forwarded-headers";
import { log } from "@/server/log";
import { problem } from "@/server/problem-answer";
import { readBackend } from "./read-backend";
import { requestId } from "@/server/request-id";
import { webStream } from "./web-stream";

const secret = /^[A-Za-z0-9_-]{43}\.ics$/;

/** Answers a calendar, which has no session: the address itself is the secret, and so must not be logged. */
export async function feed(request: NextRequest, file: string): Promise<Response> {
  const id = requestId(request.headers);
  if (!secret.test(file)) return problem(404, "There is nothing at this address.", id);
  try {
    const { statusCode, headers, body } = await readBackend(`${environment().BACKEND_URL}/api/v1/feeds/${file}`, {
      headers: callHeaders(request.headers, id),
      signal: request.signal,
    });
    if (statusCode === 200) return new NextResponse(webStream(body), { headers: toBrowser(headers, id) });
    await body.dump();
    if (statusCode === 404) return problem(404, "There is nothing at this address.", id);
    log("error", "The backend did not give a calendar.", { request_id: id, status: statusCode });
  } catch (error) {
    log("error", "The backend could not be asked for a calendar.", { request_id: id, error: String(error) });
  }
  return problem(502, "The calendar cannot be made right now. Try again in a moment.", id);
}
