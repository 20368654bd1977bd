import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { OfflineShell } from "@/components/page/offline-shell";
import { Providers } from "@/components/page/providers";
import "./globals.css";

// The nonce of the Content-Security-Policy is new for every request, so no page can be made at build time.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Todo", template: "%s · Todo" },
  description: "Your todos, in one quiet place.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f5f2" },
    { media: "(prefers-color-scheme: dark)", color: "#141413" },
  ],
};

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers>{children}</Providers>
        <OfflineShell />
      </body>
    </html>
  );
}
