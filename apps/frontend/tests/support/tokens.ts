/** What the backend answers to a sign-in or a renewal. */
export const tokens = {
  access_token: "header.payload.signature",
  token_type: "bearer",
  expires_in: 900,
  refresh_token: "refresh-canary",
  refresh_expires_in: 86_400,
};

/** The cookies that an answer sets, by name. */
export function cookiesOf(response: Response): Map<string, string> {
  return new Map(response.headers.getSetCookie().map((cookie) => [cookie.split("=")[0] ?? "", cookie]));
}
