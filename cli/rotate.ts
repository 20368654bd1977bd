import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { askInTerminal } from "../data/loss-agreement.ts";
import type { Ask } from "../data/loss-agreement.ts";
import { UsageError } from "./command-line.ts";
import { checkout } from "../machine/paths.ts";
import { runPulumi } from "../pulumi/run-pulumi.ts";
import { deploymentIn } from "../state/stack-files.ts";
import { settingOf, stackName } from "../state/stack.ts";

// By another number the program makes another Secret, with a name of its own: see components/app-secrets.ts. So
// the pods that use it are replaced, and no others.
const settings: Record<string, string> = { jwt: "jwtSecretGeneration", database: "databasePasswordGeneration" };

/** How the settings and the state of a stack are read, and how Pulumi is run. */
interface Means {
  folder: string;
  settingOf: (key: string) => Promise<string>;
  pulumi: (args: string[], ask: Ask) => Promise<number>;
  /** Names the Secrets that the state of a stack knows. A Secret with other content has another name. */
  secrets: (stack: string) => string[];
}

const own: Means = {
  folder: checkout,
  settingOf,
  pulumi: runPulumi,
  secrets: (stack) => secretsIn(checkout, stack),
};

/**
 * Renews a secret of the stack: raises its number in the settings and brings the stack up. When that has made no new
 * Secret, the settings are as before: the next `up` must not renew what nobody asks for any more, and a number that is
 * raised twice signs everybody out.
 * @param name `jwt` or `database`.
 * @param ask how a person is asked before data are lost. By default in the terminal.
 * @returns the exit code.
 * @throws UserError when there is no such secret.
 * @throws Error as {@link runPulumi}.
 */
export const rotate = async (name = "jwt", ask: Ask = askInTerminal, means: Means = own): Promise<number> => {
  const setting = settings[name];
  const known = Object.keys(settings).join(" or ");
  if (setting === undefined) throw new UsageError(`${name} is no secret to renew.`, `Type: npm run rotate -- ${known}`);
  const stack = stackName();
  const generation = Number(await means.settingOf(setting));
  const file = join(means.folder, `Pulumi.${stack}.yaml`);
  const before = existsSync(file) ? readFileSync(file) : undefined;
  const secrets = means.secrets(stack);
  let isUp = false;
  try {
    const code = await means.pulumi(["config", "set", setting, String(generation + 1), "--stack", stack], ask);
    if (code !== 0) return code;
    const upCode = await means.pulumi(["up", "--yes", "--skip-preview", "--stack", stack], ask);
    isUp = upCode === 0;
    return upCode;
  } finally {
    if (!isUp && isDeepStrictEqual(means.secrets(stack), secrets)) putBack(file, before);
    // The next one must go on with it.
    else if (!isUp) console.error("The secret is renewed, but not all that uses it. To go on, type: npx pulumi up");
  }
};

const putBack = (file: string, before: Buffer | undefined): void => {
  if (before === undefined) rmSync(file, { force: true });
  else writeFileSync(file, before);
};

const secretsIn = (folder: string, stack: string): string[] => {
  const { resources = [], pending_operations: pending = [] } = (deploymentIn(folder, stack) ?? {}) as Deployment;
  const begun = pending.map(({ resource }) => resource);
  const secrets = [...resources, ...begun].filter(({ type }) => type === "kubernetes:core/v1:Secret");
  return secrets.map(({ inputs }) => inputs?.metadata?.name ?? "").toSorted();
};

interface Resource {
  type: string;
  inputs?: { metadata?: { name?: string } };
}

/** As much as is read of Pulumi's state. */
interface Deployment {
  resources?: Resource[];
  pending_operations?: { resource: Resource }[];
}
