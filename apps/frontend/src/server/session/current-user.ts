import "server-only";
import { cookies, headers } from "next/headers";
import { callHeaders, inSession, whoIs, type CallHeaders, type User } from "./accounts";
import { log } from "@/server/log";
import { requestId } from "@/server/request-id";
import { sessionTokens } from "./session-cookie";

/**
 * The account that the page is shown to, confirmed by the backend; null if nobody is signed in.
 * Throws if the backend cannot be asked.
 */
export async function currentUser(): Promise<User | null> {
  const call = await sessionCall();
  return call === null ? null : whoIs(call);
}

/** The headers of a call to the backend for whoever the page is shown to; null if nobody is signed in. */
export async function sessionCall(): Promise<CallHeaders | null> {
  const incoming = await headers();
  const { access } = sessionTokens(incoming, await cookies());
  if (access === undefined) return null;
  // Said by proxy.ts, which has renewed it.
  return inSession(callHeaders(incoming, requestId(incoming)), access, incoming.has("x-session-renewed"));
}

/** Whether somebody is signed in; "no" if the backend cannot be asked, because the forms work without it. */
export async function isSignedIn(): Promise<boolean> {
  try {
    return (await currentUser()) !== null;
  } catch (error) {
    log("warn", "The backend could not be asked who is signed in.", { error: String(error) });
    return false;
  }
}
