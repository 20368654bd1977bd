/** The Content-Security-Policy of a page whose scripts carry this nonce. */
export function contentSecurityPolicy(nonce: string): string {
  // The development server evaluates code for its overlay and hot reload.
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    // Not every browser counts the development server's web socket as the page's own.
    ...(development ? ["connect-src 'self' ws:"] : []),
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
