import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../provider/processes/errors.ts";
import { checkout } from "../machine/paths.ts";
import { wordsOf } from "../provider/engine/pulumi-commands.ts";

/**
 * Makes sure that a stack which is to be renamed takes its settings to a file that is not there yet: Pulumi moves them
 * over any other file without a word.
 * @param args of `pulumi stack rename`.
 * @param stack its name so far.
 * @throws UserError when the new name has settings already.
 */
export const mustOverwriteNoSettings = (args: string[], stack: string, folder: string = checkout): void => {
  const name = wordsOf(args)[2]?.split("/").at(-1) ?? stack;
  const [from, to] = [`Pulumi.${stack}.yaml`, `Pulumi.${name}.yaml`];
  if (from === to || ![from, to].every((file) => existsSync(join(folder, file)))) return;
  throw new UserError(
    `The stack ${stack} cannot be renamed to ${name}: Pulumi would write ${from} over ${to}, which is there already.`,
    `Nothing was changed. Choose another name. Or put one of the two aside, then type the same command again: mv ${to} ${to}.before ` +
      `to keep the settings of ${stack}, or mv ${from} ${from}.before to go on with those of ${to}`,
  );
};
