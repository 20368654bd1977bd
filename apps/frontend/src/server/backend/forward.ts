import "server-only";
import { NextResponse, type NextRequest } from "next/server";
import { request as callBackend, type Dispatcher } from "undici";
import { Busy } from "@/server/session/accounts";
import { changePool, isTimeout } from "./backend";
import { backendPath } from "./backend-path";
import { BodyTooLarge, boundedBody, hasBody, maxBodyBytes, maxImportBytes } from "./bounded-body";
import { environment } from "@/server/environment";
import { toBackend, toBrowser } from "./forwarded-headers";
import { log } from "@/server/log";
import { problem } from "@/server/problem-answer";
import { readBackend } from "./read-backend";
import { requestId } from "@/server/request-id";
import { isSameOrigin } from "@/server/session/same-origin";
import { keepRenewed, sessionOf, type Session } from "@/server/session/renew-session";
import { webStream } from "./web-stream";

const methods = new Set<string>(["GET", "POST", "PATCH", "PUT", "DELETE"]);

const importPath = "/api/v1/todos/import";

/** Sends a request of the browser on to the backend, or refuses it with a problem. Bodies stream both ways. */
export async function forward(request: NextRequest): Promise<Response> {
  const id = requestId(request.headers);
  const started = performance.now();
  const response = await checkAndSend(request, id);
  log(response.status >= 500 ? "warn" : "info", "request", {
    request_id: id,
    method: request.method,
    path: new URL(request.url).pathname,
    status: response.status,
    duration_ms: Math.round(performance.now() - started),
  });
  return response;
}

async function checkAndSend(request: NextRequest, id: string): Promise<Response> {
  if (!methods.has(request.method)) {
    return problem(405, "This address takes GET, POST, PATCH, PUT and DELETE.", id, { allow: [...methods].join(", ") });
  }
  const path = backendPath(request.url);
  if (path === null) return problem(404, "There is nothing at this address.", id);
  if (!isSameOrigin(request)) return problem(403, "Only pages of this site may change something here.", id);
  if (hasBody(request.headers) && !isJson(request.headers)) {
    return problem(415, "Send the body as application/json.", id);
  }
  let session: Session = { former: false };
  try {
    session = await sessionOf(request, id);
    const response = await send(request, path, id, session);
    keepRenewed(request, response, session);
    return response;
  } catch (error) {
    // Nobody reads this answer; it only keeps a caller that left from being logged as a failing backend.
    if (request.signal.aborted) return problem(499, "The caller left.", id);
    const response = failure(error, id);
    // The token that was renewed is used up, whatever became of the request.
    keepRenewed(request, response, session);
    return response;
  }
}

async function send(request: NextRequest, path: string, id: string, session: Session): Promise<NextResponse> {
  // The browser does not have a token yet that was renewed just now, and may never get it.
  const headers = {
    ...toBackend(request.headers, id, session.access),
    ...(session.renewed === undefined ? {} : { "x-session-renewed": "1" }),
  };
  const { method, signal } = request;
  const url = `${environment().BACKEND_URL}${path}`;
  const body = boundedBody(request, path === importPath ? maxImportBytes : maxBodyBytes);
  const answer =
    method === "GET"
      ? await readBackend(url, { headers, signal })
      : await callBackend(url, { dispatcher: changePool, method, headers, body, signal });
  return passOn(answer, id);
}

async function passOn(answer: Dispatcher.ResponseData, id: string): Promise<NextResponse> {
  const { statusCode: status, headers, body } = answer;
  if (status === 204 || status === 304) {
    await body.dump();
    return new NextResponse(null, { status, headers: toBrowser(headers, id) });
  }
  if (status >= 300 && status < 400) {
    await body.dump();
    log("error", "The backend answered with a redirect, which is never followed.", { request_id: id, status });
    return problem(502, "The backend gave an answer that cannot be used.", id);
  }
  return new NextResponse(webStream(body), { status, headers: toBrowser(headers, id) });
}

function failure(error: unknown, id: string): NextResponse {
  if (error instanceof BodyTooLarge) return problem(413, error.message, id);
  // The session could not be renewed now. Nothing was asked for in its name yet.
  if (error instanceof Busy) return problem(error.status, error.message, id, { "retry-after": error.retryAfter });
  log("error", "The backend could not be asked.", { request_id: id, error: String(error) });
  if (isTimeout(error)) return problem(504, "The backend took too long to answer. Try again in a moment.", id);
  return problem(502, "The backend cannot be reached right now. Try again in a moment.", id);
}

function isJson(headers: Headers): boolean {
  return /^application\/json(;|$)/i.test(headers.get("content-type") ?? "");
}
