import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../provider/processes/errors.ts";
import { checkout, pasted } from "../machine/paths.ts";

/**
 * Makes sure that a command is typed in the checkout that it works on, or in none. Where `node_modules` is a link to
 * that of another checkout, or a checkout without packages lies in another, npm runs the command of that one.
 * @param folder where it is typed.
 * @throws UserError when that is in another checkout.
 */
export const mustBeInCheckout = (folder: string, own: string = checkout): void => {
  const around = checkoutAround(realpathSync(folder));
  if (around === undefined || around === realpathSync(own)) return;
  throw new UserError(
    `This pulumi belongs to the checkout ${own}, and would work on its stacks, not on those of ${around}.`,
    `Nothing was done. Give this checkout packages of its own: cd ${pasted(around)}; rm -f node_modules; npm ci`,
  );
};

const checkoutAround = (folder: string): string | undefined => {
  if (["Pulumi.yaml", "cli/bin/pulumi.mjs"].every((file) => existsSync(join(folder, file)))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : checkoutAround(above);
};
