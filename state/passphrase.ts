import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readIfPossible } from "../provider/processes/files.ts";
import { UserError } from "../provider/processes/errors.ts";
import { checkout } from "../machine/paths.ts";
import { hasSecrets } from "./encryption-salt.ts";
import { deploymentIn } from "./stack-files.ts";

/** What is wrong with a passphrase, and what to type. */
export interface PassphraseProblem {
  what: string;
  next: string;
}

/** A passphrase, and whose word it is. */
interface Source {
  name: string;
  /** Undefined when it cannot be had. */
  passphrase: string | undefined;
}

/**
 * Tries the passphrase that Pulumi would take on everything that a stack has encrypted. Pulumi itself is not run.
 * @param env the environment in which Pulumi would run.
 * @returns undefined when it opens everything, or when there is nothing to open.
 */
export const problemOfPassphrase = (
  folder: string,
  stack: string,
  env: NodeJS.ProcessEnv,
): PassphraseProblem | undefined => {
  const own = join(folder, ".state", "passphrase");
  const { name, passphrase } = sourceIn(folder, env, own);
  // Of this checkout's own, Pulumi takes the salt of the state, unless there are secrets in the settings.
  const locks = locksOf(folder, stack, name !== ownName || hasSecrets(stack, folder));
  const closed = locks.find(({ salt }) => passphrase === undefined || !opens(passphrase, salt));
  if (closed === undefined) return undefined;
  const reason = passphrase === undefined ? "cannot be read" : `does not open ${closed.what}`;
  const what = `the passphrase of ${name} ${reason}`;
  if (name === ownName) return { what, next: "Put the right one back into .state/passphrase" };
  const ownFits = existsSync(own) && locks.every(({ salt }) => opens(readFileSync(own, "utf8").trim(), salt));
  return { what, next: ownFits ? `Type: unset ${name}` : `Set ${name} to the right one` };
};

/**
 * Makes sure that Pulumi can decrypt what a stack has, before it is run. One of this checkout's own is tried only where
 * it is missing: to try one takes a third of a second.
 * @throws UserError that says what to type.
 */
export const mustHavePassphrase = (stack: string, env: NodeJS.ProcessEnv, folder = checkout): void => {
  const own = join(folder, ".state", "passphrase");
  if (sourceIn(folder, env, own).name === ownName && existsSync(own)) return;
  const problem = problemOfPassphrase(folder, stack, env);
  if (problem === undefined) return;
  throw new UserError(`Stack ${stack} cannot be decrypted: ${problem.what}.`, `${problem.next}.`);
};

const ownName = ".state/passphrase";

/** As Pulumi looks for it: a variable that is set to nothing counts. */
const sourceIn = (folder: string, env: NodeJS.ProcessEnv, own: string): Source => {
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  if (passphrase !== undefined) return { name: "PULUMI_CONFIG_PASSPHRASE", passphrase };
  const path = file ? resolve(folder, file) : own;
  return { name: path === own ? ownName : "PULUMI_CONFIG_PASSPHRASE_FILE", passphrase: readIfPossible(path)?.trim() };
};

/** As much as is read of Pulumi's state. */
interface Deployment {
  secrets_providers?: { type?: string; state?: { salt?: string } };
}

/** What by which Pulumi tells whether a passphrase is the right one; a damaged state is said elsewhere. */
const locksOf = (folder: string, stack: string, withSettings: boolean): { what: string; salt: string }[] => {
  const settings = withSettings ? (readIfPossible(join(folder, `Pulumi.${stack}.yaml`)) ?? "") : "";
  const inSettings = /^encryptionsalt:\s*["']?([^\s"']+)/m.exec(settings)?.[1];
  const inState = saltIn(folder, stack);
  return [
    ...(inSettings === undefined ? [] : [{ what: `Pulumi.${stack}.yaml`, salt: inSettings }]),
    ...(inState === undefined ? [] : [{ what: `the state of stack ${stack}`, salt: inState }]),
  ];
};

const saltIn = (folder: string, stack: string): string | undefined => {
  try {
    const { type, state } = (deploymentIn(folder, stack) as Deployment | undefined)?.secrets_providers ?? {};
    return type === "passphrase" ? state?.salt : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Whether a passphrase belongs to a salt of Pulumi's: `v1:SALT:v1:NONCE:WORD`, whose word is "pulumi", encrypted by
 * AES-256-GCM with a key that is derived from both.
 */
const opens = (passphrase: string, salt: string): boolean => {
  const [, key = "", , nonce = "", word = ""] = salt.split(":");
  const [bytes, encrypted] = [key, word].map((text) => Buffer.from(text, "base64")) as [Buffer, Buffer];
  try {
    const derived = pbkdf2Sync(passphrase, bytes, 1_000_000, 32, "sha256");
    const decipher = createDecipheriv("aes-256-gcm", derived, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(encrypted.subarray(-16));
    return `${decipher.update(encrypted.subarray(0, -16), undefined, "utf8")}${decipher.final("utf8")}` === "pulumi";
  } catch {
    return false;
  }
};
