import { NextRequest } from "next/server";

const site = "http://localhost:30080";

interface Options {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | ReadableStream;
  readonly signal?: AbortSignal;
}

/** A request as the server hands it to a handler, from a page of this site unless `headers` says otherwise. */
export function pageRequest(path: string, { method = "GET", headers = {}, body, signal }: Options = {}): NextRequest {
  const all: Record<string, string> = { host: "localhost:30080", origin: site, "sec-fetch-site": "same-origin" };
  if (typeof body === "string") all["content-length"] = String(Buffer.byteLength(body));
  if (body instanceof ReadableStream) all["transfer-encoding"] = "chunked";
  if (body !== undefined) all["content-type"] = "application/json";
  return new NextRequest(`${site}${path}`, {
    method,
    headers: { ...all, ...headers },
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body, duplex: "half" }),
  });
}

/** The same without one header. */
export function without(request: NextRequest, header: string): NextRequest {
  request.headers.delete(header);
  return request;
}
