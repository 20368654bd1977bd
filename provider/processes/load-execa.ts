import type { execa } from "execa";

/**
 * Loads the library that runs programs. With the first program alone: it takes longer than all else that `npx pulumi`
 * loads before it starts Pulumi.
 */
export const loadExeca = async (): Promise<typeof execa> => (await import("execa")).execa;
