import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { checkout } from "./paths.ts";

const saltLine = /^encryptionsalt:.*\r?\n?/m;
const secretLine = /^\s+(-\s+)?secure:/m;

/**
 * Runs Pulumi without letting it leave its `encryptionsalt` in the settings of stacks.
 *
 * Pulumi writes it into `Pulumi.STACK.yaml`, which is tracked by git. It belongs to a passphrase that only this checkout
 * has, so it would make every clone differ and, once committed, shut every other clone out. The state holds it as well,
 * and Pulumi falls back to that. Settings with encrypted values keep it.
 */
export const keepingSettings = async <T>(work: () => Promise<T>, folder: string = checkout): Promise<T> => {
  removeSalts(folder);
  const before = readSettings(folder);
  try {
    return await work();
  } finally {
    removeSalts(folder);
    await undoReformatting(folder, before);
  }
};

/** True if a stack's settings hold encrypted values. */
export const hasSecrets = (stack: string, folder: string = checkout): boolean => {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  return existsSync(file) && secretLine.test(readFileSync(file, "utf8"));
};

const removeSalts = (folder: string): void => {
  for (const [file, text] of readSettings(folder)) {
    if (saltLine.test(text) && !secretLine.test(text)) writeFileSync(file, text.replace(saltLine, ""));
  }
};

/** Pulumi writes the whole file anew for the salt: an empty `config`, and comments around it, get lost. */
const undoReformatting = async (folder: string, before: Map<string, string>): Promise<void> => {
  for (const [file, text] of readSettings(folder)) {
    const old = before.get(file);
    if (text === old) continue;
    if (old === undefined && text === "") rmSync(file);
    if (old !== undefined && (await sameSettings(old, text))) writeFileSync(file, old);
  }
};

const sameSettings = async (one: string, other: string): Promise<boolean> => {
  // Loaded only when needed: `npx pulumi` is to start quickly.
  const { parse } = await import("yaml");
  const [left, right] = [one, other].map((text) => ({ config: {}, ...(parse(text) as object | null) }));
  return isDeepStrictEqual(left, right);
};

const readSettings = (folder: string): Map<string, string> => {
  const names = readdirSync(folder).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  return new Map(names.map((name) => [join(folder, name), readFileSync(join(folder, name), "utf8")]));
};
