import "server-only";
import type { NextRequest, NextResponse } from "next/server";
import { callHeaders, Refused, renew, type Tokens } from "./accounts";
import { dropFormerCookies, sessionTokens, setSessionCookies } from "./session-cookie";

/** The access token of a request, if it has a session, and the new tokens if they had to be renewed just now. */
export interface Session {
  readonly access?: string;
  readonly renewed?: Tokens;
  /** Whether its cookies have the names from before the port was part of them. */
  readonly former: boolean;
}

/**
 * Finds the session of a request. Its access token lives for minutes; when that cookie is gone, new tokens are had for
 * the refresh token, and whoever calls this must hand them to the browser by `keepRenewed`. Throws the connection's
 * error.
 */
export async function sessionOf(request: NextRequest, id: string): Promise<Session> {
  const { access, refresh, former } = sessionTokens(request.headers, request.cookies);
  if (access !== undefined) return { access, former };
  if (refresh === undefined) return { former: false };
  try {
    const renewed = await renew(refresh, callHeaders(request.headers, id));
    return { access: renewed.access_token, renewed, former };
  } catch (error) {
    // What this stack's backend does not know may be the session of another stack. Who is told to come back has one.
    if (error instanceof Refused && error.retryAfter === undefined) return { former: false };
    throw error;
  }
}

/** Hands the browser the tokens that were renewed, if they were. */
export function keepRenewed(request: NextRequest, response: NextResponse, { renewed, former }: Session): void {
  if (renewed === undefined) return;
  setSessionCookies(request.headers, response, renewed);
  // Only those of this session: another stack on this machine may still have its own under these names.
  if (former) dropFormerCookies(request.headers, response);
}
