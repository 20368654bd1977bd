import { defineConfig } from "vitest/config";

/** On a real cluster, which these break and repair: one after the other. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/scenarios/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
