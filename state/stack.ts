import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bringsPassphrase, environment } from "../machine/tool-environment.ts";
import { UserError } from "../provider/processes/errors.ts";
import { checkout, passphraseFile, pulumiHome, stateFolder } from "../machine/paths.ts";
import { defaultStack } from "../components/lib/typed-for.ts";
import { mustHavePassphrase } from "./passphrase.ts";
import { makePrivateFolder, writeWhole } from "../machine/private-files.ts";
import { ask, run } from "../machine/run.ts";
import { removeDamagedAttributes } from "./damaged-attributes.ts";
import { hasSecrets, keepingSettings } from "./encryption-salt.ts";
import { stateFile } from "./stack-files.ts";

/**
 * The stack that commands work on: `PULUMI_STACK`, or `dev`. The variable may name the project too, as Pulumi takes it.
 * @throws UserError when it names a project, and no stack of it.
 */
export const stackName = (user: NodeJS.ProcessEnv = process.env): string => {
  const { PULUMI_STACK: named = "" } = user;
  const name = named.split("/").at(-1) ?? "";
  if (name !== "" || named === "") return name || defaultStack;
  const next = "Nothing was done. Set it to the name of a stack, or type: unset PULUMI_STACK";
  throw new UserError(`PULUMI_STACK is ${named}, which names no stack.`, next);
};

/**
 * One setting of a stack, by default what `Pulumi.yaml` says.
 * @throws UserError when there is no such stack or setting.
 */
export const settingOf = async (key: string, stack = stackName()): Promise<string> => {
  mustHavePassphrase(stack, environment());
  const args = ["config", "get", key, "--stack", stack];
  // Pulumi decrypts it.
  return (await ask(`Read the setting ${key}`, "pulumi", args, { cwd: checkout, env: environment() })).trim();
};

/** True once a stack of this name was made and selected in this checkout. */
export const isSelected = (stack: string): boolean =>
  existsSync(join(stateFolder, ".pulumi", "stacks", "todo-stack", `${stack}.json`)) &&
  existsSync(join(pulumiHome, "workspaces"));

/**
 * Makes the passphrase of this checkout, unless it has one or the user brings their own.
 * @throws UserError when there was one, and the stack cannot be decrypted without.
 */
const createPassphrase = (stack: string): void => {
  makePrivateFolder(stateFolder);
  if (existsSync(stateFile(checkout, stack))) mustHavePassphrase(stack, environment());
  if (bringsPassphrase() || existsSync(passphraseFile)) return;
  writeWhole(passphraseFile, `${randomBytes(32).toString("base64url")}\n`);
};

/**
 * Makes a stack in this checkout and selects it.
 * @throws UserError when its settings need a passphrase that is not there.
 */
export const createStack = async (stack: string): Promise<void> => {
  createPassphrase(stack);
  removeDamagedAttributes(stateFolder);
  const create = async (): Promise<string> =>
    await run(`create stack ${stack}`, "pulumi", ["stack", "select", "--create", stack], {
      cwd: checkout,
      env: environment(),
    });
  try {
    await (bringsPassphrase() ? create() : keepingSettings(create));
  } catch (error) {
    if (!hasSecrets(stack) || !String(error).includes("incorrect passphrase")) throw error;
    throw new UserError(
      `Pulumi.${stack}.yaml holds secrets that were encrypted with a passphrase this checkout does not have.`,
      "Set PULUMI_CONFIG_PASSPHRASE to that passphrase, or remove its `encryptionsalt` and `secure` lines and set them anew.",
      error,
    );
  }
};
