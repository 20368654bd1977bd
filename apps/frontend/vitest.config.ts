import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    // Next answers for "server-only" itself; here the package stands for nothing.
    alias: { "@": path("src"), "server-only": path("tests/support/nothing.ts") },
  },
  test: {
    // Generous, because a busy machine is no mistake of the code.
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "server", environment: "node", include: ["tests/{server,runtime}/**/*.test.{ts,tsx}"] },
      },
      {
        extends: true,
        test: {
          name: "browser",
          environment: "jsdom",
          include: ["tests/{client,components}/**/*.test.{ts,tsx}"],
          setupFiles: ["tests/support/browser.ts"],
        },
      },
    ],
  },
});
