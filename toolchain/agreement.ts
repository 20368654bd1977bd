import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { agreementVariable, reportVariable } from "../provider/loss.ts";
import type { Loss } from "../provider/loss.ts";
import { confirmed } from "./confirm.ts";
import { stateFolder } from "./paths.ts";

/** Asks a person whether what a sentence says may be lost. */
export type Ask = (what: string) => Promise<boolean>;

/** Asks whoever sits at the terminal. Where nobody does, nobody agrees: Pulumi has said what to type. */
export const askInTerminal: Ask = async (what) => (process.stdin.isTTY ? await confirmed(what) : false);

/** Asks nobody. */
export const agreeToNothing: Ask = () => Promise.resolve(false);

/** Asks nobody, because the command line has said it. */
export const agreeToAll: Ask = () => Promise.resolve(true);

/**
 * Runs Pulumi. Where a resource refuses to lose data, a person is asked, and Pulumi runs again with the agreement to exactly that.
 * @param run runs Pulumi with variables on top of its environment, and gives its exit code.
 * @returns the exit code of the last run; 1 when nobody has agreed.
 */
export const withAgreement = async (
  ask: Ask,
  run: (variables: NodeJS.ProcessEnv) => Promise<number>,
  folder: string = stateFolder,
): Promise<number> => {
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `loss-${process.pid}.json`);
  const agreed = [process.env[agreementVariable] ?? ""];
  try {
    for (;;) {
      rmSync(report, { force: true });
      const code = await run({ [reportVariable]: report, [agreementVariable]: agreed.join(" ").trim() || undefined });
      const loss = code === 0 ? undefined : readLoss(report);
      if (loss === undefined) return code;
      // What was agreed to and is refused all the same would be asked for ever.
      if (agreed.includes(loss.id) || !(await ask(loss.what))) return 1;
      agreed.push(loss.id);
    }
  } finally {
    rmSync(report, { force: true });
  }
};

const readLoss = (report: string): Loss | undefined => {
  try {
    return JSON.parse(readFileSync(report, "utf8")) as Loss;
  } catch {
    return undefined;
  }
};
