import type { NextConfig } from "next";

/** Headers of every answer, pages and handlers alike. The Content-Security-Policy of pages is set in src/proxy.ts. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=()" },
];

const config: NextConfig = {
  output: "standalone",
  // The repository root has a lock file too; without this the standalone folder would be laid out from there.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // No picture is resized on the server, so the native image library stays out of the image.
  images: { unoptimized: true },
  outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
  // `npm run typecheck` does this; an image is not built twice as slowly to do it again.
  typescript: { ignoreBuildErrors: true },
  // The Dockerfile names a build after what it is made from; elsewhere Next.js finds a name.
  generateBuildId: () => process.env.BUILD_ID ?? null,
  poweredByHeader: false,
  reactStrictMode: true,
  headers: () =>
    Promise.resolve([
      { source: "/:path*", headers: securityHeaders },
      {
        source: "/:folder(api|feeds)/:path*",
        headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'" }],
      },
    ]),
};

export default config;
