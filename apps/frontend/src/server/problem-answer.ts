import "server-only";
import { NextResponse } from "next/server";

const titles: Record<number, string> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Request too large",
  415: "Unsupported media type",
  422: "Not valid",
  429: "Too many requests",
  499: "Client closed the request",
  502: "Backend not reachable",
  503: "Backend busy",
  504: "Backend too slow",
};

/** An RFC 9457 problem+json answer. `detail` is a full sentence meant for people; `requestId` finds the log lines. */
export function problem(status: number, detail: string, requestId: string, headers: HeadersInit = {}): NextResponse {
  const body = { type: "about:blank", title: titles[status] ?? "Error", status, detail, request_id: requestId };
  const answer = new Headers(headers);
  answer.set("content-type", "application/problem+json");
  answer.set("cache-control", "no-store");
  answer.set("x-request-id", requestId);
  return new NextResponse(JSON.stringify(body), { status, headers: answer });
}
