import { join } from "node:path";
import { askInTerminal, withAgreement } from "../data/loss-agreement.ts";
import type { Ask } from "../data/loss-agreement.ts";
import { bringsPassphrase, environment } from "../machine/tool-environment.ts";
import { keepingData } from "../data/keep-data.ts";
import { launch } from "../machine/launch.mjs";
import { policyVariables, pulumiHome, stateFolder } from "../machine/paths.ts";
import { withProgram } from "./program/beside.ts";
import { effectOf } from "../provider/engine/pulumi-commands.ts";
import { removeDamagedAttributes } from "../state/damaged-attributes.ts";
import { keepingSettings } from "../state/encryption-salt.ts";
import { renewStandIns } from "../offline/stand-ins/install.ts";

/** Starts Pulumi with a command line and an environment, and gives its exit code. */
type Start = (args: string[], env: NodeJS.ProcessEnv) => Promise<number>;

const inTerminal: Start = (args, env) =>
  withProgram(args, env, (words, environment) => launch("pulumi", words, environment));

/**
 * Runs Pulumi on the state of this checkout. A preview keeps to the policies of this project; they would cost every
 * `up` most of a second.
 * @param ask how a person is asked before data are lost. By default in the terminal.
 * @param start how Pulumi is started. By default in the terminal.
 * @returns its exit code.
 * @throws UserError when what it is to work on is not fit for it; then nothing was changed.
 */
export const runPulumi = async (
  args: string[],
  ask: Ask = askInTerminal,
  start: Start = inTerminal,
): Promise<number> => {
  const effect = effectOf(args);
  const env = {
    ...environment(),
    ...(effect === "previews" ? policyVariables() : {}),
  };
  removeDamagedAttributes(stateFolder);
  const pulumi = async (): Promise<number> => {
    if (effect === "nothing") return await start(args, env);
    await renewStandIns(join(pulumiHome, "plugins"));
    // Loaded only when needed: `npx pulumi` is to start quickly.
    const { isPart, makeReady, stackIn } = await import("./make-ready.ts");
    const { forgetDestroyed, keeperFor } = await import("./keeper.ts");
    const { afterFailure, variables: more } = await makeReady(args, effect);
    const keeper = keeperFor(args);
    const code = await keepingData(keeper, async () => {
      let done = 1;
      try {
        done = await withAgreement(ask, (variables) => start(args, { ...env, ...more, ...variables }), keeper);
      } finally {
        if (done !== 0) await afterFailure();
      }
      return done;
    });
    const stack = stackIn(args);
    if (effect === "destroys" && code === 0 && stack !== undefined && !isPart(args)) await forgetDestroyed(stack);
    return code;
  };
  // With a passphrase of the user's, the salt is worth committing.
  return bringsPassphrase() ? await pulumi() : await keepingSettings(pulumi);
};
