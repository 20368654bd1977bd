import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readJson } from "../provider/processes/files.ts";
import { agreementVariable, reportVariable } from "../provider/data-loss/loss.ts";
import type { Loss } from "../provider/data-loss/loss.ts";
import { answerTo, confirmed, ownTerminal } from "./confirm.ts";
import { UserError } from "../provider/processes/errors.ts";
import { stateFolder } from "../machine/paths.ts";

/**
 * What a person wants done with data that would be lost: taken along, lost, or the work stopped with nothing changed.
 */
export type Answer = "keep" | "lose" | "stop";

/**
 * Asks a person what to do with data.
 * @param what says in sentences what would be lost.
 * @param canKeep whether the data can be taken along.
 */
export type Ask = (what: string, canKeep: boolean) => Promise<Answer>;

/** Asks whoever sits at the terminal. Where nobody does, nobody agrees: Pulumi has said what to type. */
export const askInTerminal: Ask = async (what, canKeep) => await asked(what, canKeep, ownTerminal());

/** The same at any terminal. Whatever is not clearly an answer stops the work. */
export const asked = async (what: string, canKeep: boolean, terminal = ownTerminal()): Promise<Answer> => {
  if (terminal.input.isTTY !== true) return "stop";
  if (!canKeep) return (await confirmed(`${what} To lose them:`, terminal)) ? "lose" : "stop";
  const answer = await answerTo(`${what}\n${choices}Type keep, lose or stop: `, terminal);
  return answer === "keep" || answer === "lose" ? answer : "stop";
};

const choices = `  keep   take the data along: they are saved, and put back with the new settings
  lose   go on without them
  stop   change nothing
`;

/** Asks nobody, and loses nothing. */
export const agreeToNothing: Ask = () => Promise.resolve("stop");

/** Asks nobody, because the command line has said that data may be lost. */
export const agreeToAll: Ask = () => Promise.resolve("lose");

/** Asks nobody, because the command line has said that data are to be taken along. */
export const takeAlong: Ask = (what, canKeep) => {
  if (canKeep) return Promise.resolve("keep");
  throw new UserError(what, "Nothing was changed. These data cannot be taken along, so --keep-data does not help.");
};

/** Who takes data along. */
export interface Keeper {
  /** The losses to which a person has agreed before, because all of those data are saved: see `Loss.id`. */
  agreed: () => string[];
  /** Whether there is a way to take data along. */
  canKeep: () => Promise<boolean>;
  /** Saves the data that would be lost. @throws UserError when they cannot be saved; then nothing was changed. */
  save: (loss: string) => Promise<void>;
}

/**
 * Runs Pulumi. Where a resource refuses to lose data, a person is asked, and Pulumi runs again with the agreement to
 * exactly that.
 * @param run runs Pulumi with variables on top of its environment, and gives its exit code.
 * @param keeper takes data along, where that is possible with what Pulumi is to do.
 * @returns the exit code of the last run; 1 when nobody has agreed.
 */
export const withAgreement = async (
  ask: Ask,
  run: (variables: NodeJS.ProcessEnv) => Promise<number>,
  keeper?: Keeper,
  folder: string = stateFolder,
): Promise<number> => {
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `loss-${process.pid}.json`);
  const agreed = [process.env[agreementVariable] ?? "", ...(keeper?.agreed() ?? [])];
  try {
    for (;;) {
      rmSync(report, { force: true });
      const code = await run({ [reportVariable]: report, [agreementVariable]: agreed.join(" ").trim() || undefined });
      const loss = code === 0 ? undefined : readLoss(report);
      if (loss === undefined) return code;
      // What was agreed to and is refused all the same would be asked for ever.
      if (agreed.includes(loss.id)) return 1;
      const canKeep = loss.keep === undefined && keeper !== undefined && (await keeper.canKeep());
      const answer = await ask(loss.what, canKeep);
      if (answer === "stop") return 1;
      if (answer === "keep") await keeper?.save(loss.id);
      agreed.push(loss.id);
    }
  } finally {
    rmSync(report, { force: true });
  }
};

const readLoss = (report: string): Loss | undefined => readJson(report) as Loss | undefined;
