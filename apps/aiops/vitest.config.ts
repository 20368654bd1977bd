import { defineConfig } from "vitest/config";

export default defineConfig({
  // Generous, because a busy machine is no mistake of the code.
  test: { environment: "node", include: ["tests/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
