import { join } from "node:path";
import { bringsPassphrase, environment } from "./environment.ts";
import { launch } from "./launch.mjs";
import { checkout } from "./paths.ts";
import { keepingSettings } from "./settings.ts";

/** The commands that look at the cluster of a stack. */
const looking = ["preview", "pre", "up", "update", "refresh", "destroy"];

// An executable, as a plugin is: a folder would need a language host that can run policy packs.
const policyPack = join(checkout, "policies", "pulumi-analyzer-todo-stack");

/** Starts Pulumi with a command line and an environment, and gives its exit code. */
type Start = (args: string[], env: NodeJS.ProcessEnv) => Promise<number>;

const inTerminal: Start = (args, env) => launch("pulumi", args, env);

/**
 * Runs Pulumi on the state of this checkout. A preview keeps to the policies of this project; they would cost every `up` most of a
 * second.
 * @param start how Pulumi is started. By default in the terminal.
 * @returns its exit code.
 * @throws ToolchainError or UserError when what it is to work on is not fit for it; then nothing was changed.
 */
export const runPulumi = async (args: string[], start: Start = inTerminal): Promise<number> => {
  const isPreview = args.includes("preview") || args.includes("pre");
  const env = { ...environment(), ...(isPreview ? { PULUMI_OPTION_POLICY_PACK: policyPack } : {}) };
  const pulumi = async (): Promise<number> => {
    if (args.some((word) => looking.includes(word))) {
      // Loaded only when needed: `npx pulumi` is to start quickly.
      const { makeReady } = await import("./make-ready.ts");
      await makeReady(args, isPreview);
    }
    return await start(args, env);
  };
  // With a passphrase of the user's, the salt is worth committing.
  return bringsPassphrase() ? await pulumi() : await keepingSettings(pulumi);
};
