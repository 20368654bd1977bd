import process from "node:process";
import { createInterface } from "node:readline/promises";
import { UserError } from "../provider/processes/errors.ts";

/** Where a question is shown, and where its answer comes from. */
interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/** The terminal in which the command was typed. */
export const ownTerminal = (): Terminal => ({ input: process.stdin, output: process.stdout });

/**
 * Asks whoever sits at the terminal.
 * @param what would be lost, as a sentence.
 * @param next what to do where nobody can be asked.
 * @returns true for "yes" alone; false also when the input ends, as by Ctrl-D.
 * @throws UserError when nobody is there.
 */
export const confirmed = async (
  what: string,
  terminal = ownTerminal(),
  next = "There is no terminal to ask in. To do it without a question, add: --yes",
): Promise<boolean> => {
  if (terminal.input.isTTY !== true) throw new UserError(what, next);
  return (await answerTo(`${what} Type yes: `, terminal)) === "yes";
};

/** Asks one question. Undefined when the input ends before the answer, as by Ctrl-D or Ctrl-C. */
export const answerTo = async (question: string, { input, output } = ownTerminal()): Promise<string | undefined> => {
  const asking = createInterface({ input, output });
  const ended = new Promise<undefined>((resolve) => asking.once("close", () => resolve(undefined)));
  try {
    // A question that is never answered would leave the promise open for ever, and Node would end with exit code 13.
    const answer = await Promise.race([asking.question(question).catch(() => undefined), ended]);
    if (answer === undefined) output.write("\n");
    return answer?.trim();
  } finally {
    asking.close();
  }
};
