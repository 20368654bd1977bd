import { ask } from "./request";

/** What a person types to sign up or to sign in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

// A full load instead of a client-side step: nothing of one account may stay in memory for the next.
function go(path: string): void {
  window.location.assign(path);
}

/** Opens the sign-in page. */
export function openSignIn(): void {
  go("/signin");
}

/** Signs in and opens the list. */
export async function signIn(credentials: Credentials): Promise<void> {
  await ask("POST", "/api/session", credentials);
  go("/");
}

/** Creates an account, signs in and opens the list. */
export async function signUp(credentials: Credentials): Promise<void> {
  await ask("POST", "/api/account", credentials);
  go("/");
}

/** Changes the password; the session goes on. */
export async function changePassword(passwords: { current_password: string; new_password: string }): Promise<void> {
  await ask("POST", "/api/backend/auth/password", passwords);
}

/** Deletes the account, if this is its password, does what is to be done then, and opens the sign-up page. */
export async function deleteAccount(password: string, then: () => void): Promise<void> {
  await ask("DELETE", "/api/account", { password });
  then();
  go("/signup");
}

/** Leaves for the sign-in page because the backend no longer knows this session. */
export async function leave(): Promise<void> {
  await ask("DELETE", "/api/session").catch(() => undefined);
  openSignIn();
}

/** Signs out, does what is to be done then, and opens the sign-in page. */
export async function signOut(then: () => void): Promise<void> {
  await ask("DELETE", "/api/session");
  then();
  openSignIn();
}
