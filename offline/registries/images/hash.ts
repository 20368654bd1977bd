import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const digits = 12;

/** A short hash of what a result is made from: names the result, so that other inputs make another result. */
export const hashOf = (...inputs: unknown[]): string =>
  createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, digits);

/** The hash of a file, or of all files in a folder with their names. */
export const hashOfFiles = (path: string): string => {
  if (!statSync(path).isDirectory()) return hashOf(readFileSync(path, "base64"));
  const names = readdirSync(path).sort();
  return hashOf(names.map((name) => [name, hashOfFiles(join(path, name))]));
};
