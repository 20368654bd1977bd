import process from "node:process";
import { Command as Parser, CommanderError } from "commander";
import { UserError } from "../provider/processes/errors.ts";
import { checkout } from "../machine/paths.ts";
import { forgetTaken, takenByNpm } from "./taken-by-npm.ts";

/** What may be typed after the name of a command, as the library names it. */
export interface Options {
  again?: boolean;
  down?: boolean;
  grep?: string;
  http?: boolean;
  json?: boolean;
  keepData?: boolean;
  output?: string;
  runs?: string;
  stack?: string;
  without?: string;
  yes?: boolean;
}

/** One command of `npm run`. */
export interface Command {
  /** Its name in package.json. */
  name: string;
  /** What it does, in one line. */
  summary: string;
  /** What else its own help says. */
  details?: string;
  /** Its words: `[NAME]` for one, `[NAME...]` for any number. */
  argument?: { name: string; text: string };
  options?: { flags: string; text: string }[];
  /** What its exit codes mean, where that is more than done and failed. */
  exitCodes?: Record<number, string>;
  /** Whether it works on a Minikube of the stack's own alone. */
  onMinikube?: true;
  /** @returns its exit code. */
  run: (words: string[], options: Options) => Promise<number>;
}

/** The command line is wrong. */
export class UsageError extends UserError {}

/** The exit code that says that the command line is wrong. */
export const wrongUsage = 2;

const exitCodes = { 0: "done", 1: "failed", [wrongUsage]: "the command line is wrong" };

/**
 * Runs the command that a command line names. Help goes to standard output, and what is wrong with a command line goes
 * to standard error.
 * @param args what comes after `npm run`.
 * @returns the exit code.
 */
export const runCommand = async (table: Command[], args: string[]): Promise<number> => {
  const typed = table.find(({ name }) => name === args[0]);
  if (typed !== undefined) mustHaveItsOptions(typed);
  forgetTaken(table.flatMap(flagsOf), process.env);
  let exitCode = 0;
  const parser = new Parser("npm run")
    .usage("NAME -- [options]")
    .helpCommand("help [NAME]", "show the help of a command");
  parser.exitOverride().showHelpAfterError().configureHelp({ showGlobalOptions: false });
  for (const command of table) {
    parser.addCommand(
      parserOf(command, async (words, options) => {
        if (options.stack !== undefined) process.env["PULUMI_STACK"] = namedStack(options.stack);
        if (command.onMinikube === true) await mustBeOnMinikube(command.name);
        exitCode = await command.run(words, options);
      }).copyInheritedSettings(parser),
    );
  }
  try {
    await parser.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The library has printed what is wrong, or the help that somebody asked for.
    return error.exitCode === 0 ? 0 : wrongUsage;
  }
  return exitCode;
};

const stackOption = { flags: "--stack <NAME>", text: "work on this stack instead of dev" };

const flagsOf = ({ options = [] }: Command): string[] => [...options, stackOption].map(({ flags }) => flags);

/** Without them the command would do something else than what was typed. */
const mustHaveItsOptions = (command: Command): void => {
  const taken = takenByNpm(flagsOf(command), process.env, checkout);
  if (taken.length === 0) return;
  throw new UsageError(
    `npm has taken ${taken.map(({ typed }) => typed).join(" and ")} for itself.`,
    `Nothing was done. Type: npm run ${command.name} -- ${taken.map(({ wanted }) => wanted).join(" ")}`,
  );
};

/** A variable of the shell that is not set must not mean the stack `dev`. */
const namedStack = (typed: string): string => {
  if (typed.split("/").at(-1)?.trim() !== "") return typed;
  throw new UsageError("--stack names no stack.", "Nothing was done. Type its name after it, such as: --stack dev");
};

/** Loaded only when needed: help and tests do not ask for the stack. */
const mustBeOnMinikube = async (command: string): Promise<void> => {
  const [{ mustHaveMinikube }, { stackName }] = [
    await import("../pulumi/existing-target.ts"),
    await import("../state/stack.ts"),
  ];
  mustHaveMinikube(command, stackName());
};

const parserOf = (
  { name, summary, details, argument, options = [], exitCodes: own }: Command,
  run: (words: string[], options: Options) => Promise<void>,
): Parser => {
  const parser = new Parser(name)
    .summary(summary)
    .description([summary, details].filter((text) => text !== undefined).join(".\n"));
  if (argument !== undefined) parser.argument(argument.name, argument.text);
  for (const { flags, text } of options) parser.option(flags, text);
  parser.option(stackOption.flags, stackOption.text);
  const codes = Object.entries({ ...exitCodes, ...own }).map(([code, meaning]) => `  ${code}  ${meaning}`);
  parser.usage(`-- [options]${argument === undefined ? "" : ` ${argument.name}`}`);
  parser.addHelpText("after", `\nExit codes:\n${codes.join("\n")}`);
  return parser.action(async () => await run(parser.args, parser.opts()));
};
