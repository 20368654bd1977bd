import { readFileSync } from "node:fs";

/** Reads a file. @returns undefined when there is none. @throws Error when it is there and cannot be read. */
export const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Reads a file that says nothing where it cannot be read. @returns undefined then, whatever the reason. */
export const readIfPossible = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** Reads a file of JSON. @returns undefined when there is none, or it is damaged. */
export const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};
