import "server-only";
import type { NextRequest } from "next/server";
import { callHeaders, Refused, renew, type Tokens } from "./accounts";
import { sessionTokens } from "./session-cookie";

/** The access token of a request, if it has a session, and the new tokens if they had to be renewed just now. */
export interface Session {
  readonly access?: string;
  readonly renewed?: Tokens;
}

/**
 * Finds the session of a request. Its access token lives for minutes; when that cookie is gone, new tokens are had for
 * the refresh token, and whoever calls this must hand them to the browser. Throws the connection's error.
 */
export async function sessionOf(request: NextRequest, id: string): Promise<Session> {
  const { access, refresh } = sessionTokens(request.headers, request.cookies);
  if (access !== undefined) return { access };
  if (refresh === undefined) return {};
  try {
    const renewed = await renew(refresh, callHeaders(request.headers, id));
    return { access: renewed.access_token, renewed };
  } catch (error) {
    if (error instanceof Refused) return {};
    throw error;
  }
}
