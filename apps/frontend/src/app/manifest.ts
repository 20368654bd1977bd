import type { MetadataRoute } from "next";

/** What a phone or a desktop needs to install the application. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: "Todo",
    short_name: "Todo",
    description: "Your todos, in one quiet place.",
    start_url: "/",
    display: "standalone",
    background_color: "#f6f5f2",
    theme_color: "#0f6b5f",
    icons: [
      { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "/icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  };
}
