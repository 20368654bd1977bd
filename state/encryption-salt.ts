import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readIfThere } from "../provider/processes/files.ts";
import { checkout } from "../machine/paths.ts";
import { makePrivateFolder } from "../machine/private-files.ts";

const saltLine = /^encryptionsalt:.*\r?\n?/m;
const secretLine = /^\s+(-\s+)?secure:/m;

/**
 * Runs Pulumi without letting it leave its `encryptionsalt` in the settings of stacks.
 *
 * Pulumi writes it into `Pulumi.STACK.yaml`, which is tracked by git. It belongs to a passphrase that only this
 * checkout has, so it would make every clone differ and, once committed, shut every other clone out. The state holds it
 * as well, and Pulumi falls back to that. Settings with encrypted values keep it.
 */
export const keepingSettings = async <T>(work: () => Promise<T>, folder: string = checkout): Promise<T> => {
  putBack(folder);
  removeSalts(folder);
  const before = readSettings(folder);
  keepCopies(folder, before);
  try {
    return await work();
  } finally {
    await undoRewriting(folder, before);
    for (const file of before.keys()) rmSync(copyOf(file), { force: true });
  }
};

/** True if a stack's settings hold encrypted values. */
export const hasSecrets = (stack: string, folder: string = checkout): boolean => {
  return secretLine.test(readIfThere(join(folder, `Pulumi.${stack}.yaml`)) ?? "");
};

/**
 * Settings are written anew in place: who is killed right then leaves an empty file. The copy is there while Pulumi
 * runs.
 */
const copyOf = (file: string): string => join(dirname(file), ".state", `${basename(file)}.before`);

const keepCopies = (folder: string, settings: Map<string, string>): void => {
  makePrivateFolder(join(folder, ".state"));
  for (const [file, text] of settings) if (text !== "") writeFileSync(copyOf(file), text, { mode: 0o600 });
};

const putBack = (folder: string): void => {
  for (const [file, text] of readSettings(folder)) {
    if (text !== "" || !existsSync(copyOf(file))) continue;
    copyFileSync(copyOf(file), file);
    console.error(`The previous run was killed while it wrote ${basename(file)}. Its old content is put back.`);
  }
};

const removeSalts = (folder: string): void => {
  for (const [file, text] of readSettings(folder)) {
    if (isSalted(text)) writeFileSync(file, text.replace(saltLine, ""));
  }
};

/** Whether settings have a salt, and none that they need. */
const isSalted = (text: string): boolean => saltLine.test(text) && !secretLine.test(text);

/**
 * Pulumi writes the whole file anew for the salt: an empty `config`, and comments around it, get lost. What Pulumi has
 * written is told by its salt; whatever a person has saved meanwhile stays.
 */
const undoRewriting = async (folder: string, before: Map<string, string>): Promise<void> => {
  if (![...readSettings(folder).values()].some(isSalted)) return;
  // Loaded only when needed: `npx pulumi` is to start quickly.
  const { parse } = await import("yaml");
  for (const [file, text] of readSettings(folder)) {
    if (!isSalted(text)) continue;
    const [old, own] = [before.get(file), text.replace(saltLine, "")];
    if (old === undefined && own === "") rmSync(file);
    else writeFileSync(file, old !== undefined && sameSettings(old, own, parse) ? old : own);
  }
};

const sameSettings = (one: string, other: string, parse: (text: string) => unknown): boolean => {
  try {
    const [left, right] = [one, other].map((text) => ({ config: {}, ...(parse(text) as object | null) }));
    return isDeepStrictEqual(left, right);
  } catch {
    // Somebody is typing.
    return false;
  }
};

const readSettings = (folder: string): Map<string, string> => {
  const names = readdirSync(folder).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  return new Map(names.map((name) => [join(folder, name), readFileSync(join(folder, name), "utf8")]));
};
