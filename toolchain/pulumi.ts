import { bringsPassphrase, environment } from "./environment.ts";
import { launch } from "./launch.mjs";
import { keepingSettings } from "./settings.ts";

/**
 * Runs Pulumi in the terminal, on the state of this checkout.
 * @returns its exit code.
 */
export const runPulumi = async (args: string[]): Promise<number> => {
  const pulumi = async (): Promise<number> => await launch("pulumi", args, environment());
  // With a passphrase of the user's, the salt is worth committing.
  return bringsPassphrase() ? await pulumi() : await keepingSettings(pulumi);
};
