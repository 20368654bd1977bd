import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { loadExeca } from "../provider/processes/load-execa.ts";
import { userEnvironment } from "../provider/processes/user-environment.ts";
import { redact } from "../provider/processes/redact.ts";
import { UserError } from "../provider/processes/errors.ts";
import { display, logFolder } from "./paths.ts";
import { makePrivateFolder } from "./private-files.ts";

/** How a command is run. */
export interface RunOptions {
  /** Defaults to the current folder. */
  cwd?: string;
  /** The whole environment of the command. Defaults to what programs may know of this process's. */
  env?: NodeJS.ProcessEnv;
  /** Written to the command's standard input; nothing by default. */
  input?: string;
  /** Shows one line of progress; called with each line the command prints. */
  report?: (line: string) => void;
  /** What to do when it fails. Defaults to naming the log. */
  next?: string;
  /**
   * True if it may be ended early when another step fails. Not for what installs: half of a package is worse than none.
   */
  mayBeEnded?: boolean;
}

const shownLines = 12;

const running = new Set<{ kill: () => boolean }>();

/** Ends the commands that run at the moment and may be ended. They fail. */
export const endCommands = (): void => {
  for (const command of running) command.kill();
};

/** The log file of a step or command of this title. */
export const logFile = (title: string): string =>
  join(logFolder, `${title.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-")}.log`);

/**
 * Runs a command to its end; what it prints goes to a log file named after `title`, not to the terminal. Whoever runs
 * one that prints a secret takes {@link ask} instead.
 * @param title what is being done, for the log's name and the message: `build helm 3.20.2`.
 * @returns what it printed on standard output, without the last line break.
 * @throws UserError when it cannot be started or fails: with its last lines and the path of the log.
 */
export const run = async (title: string, file: string, args: string[], options: RunOptions = {}): Promise<string> => {
  makePrivateFolder(logFolder);
  const path = logFile(title);
  const log = createWriteStream(path, { flags: "a", mode: 0o600 });
  // What the log has no room for is no reason to give up what was begun.
  log.on("error", () => undefined);
  log.write(`\n# ${new Date().toISOString()} ${title}\n`);
  const lines: string[] = [];
  const execa = await loadExeca();
  try {
    const command = execa(file, args, {
      cwd: options.cwd ?? process.cwd(),
      env: options.env ?? userEnvironment(process.env),
      extendEnv: false,
      all: true,
      ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    });
    if (options.mayBeEnded === true) running.add(command);
    // Handled below; an iterator that ends early must not leave it unhandled.
    void command.catch(() => undefined).finally(() => running.delete(command));
    for await (const printed of command.iterable({ from: "all" })) {
      const line = redact(printed);
      log.write(`${line}\n`);
      lines.push(line);
      if (lines.length > shownLines) lines.shift();
      if (line.trim() !== "") options.report?.(line.trim());
    }
    return (await command).stdout;
  } catch (error) {
    const tail = lines.map((line) => `    ${line}`).join("\n");
    const next = `${options.next ?? "Fix what it says, then run the same command again."} Log: ${display(path)}`;
    throw new UserError(`${title} failed: ${reason(error)}${tail && `\n${tail}`}`, next, error);
  } finally {
    log.end();
    await finished(log).catch(() => undefined);
  }
};

/**
 * Asks a command something whose answer may be a secret: nothing that it prints is kept.
 * @param title what is being done, for the message.
 * @returns what it printed on standard output, without the last line break.
 * @throws UserError when it cannot be started or fails: with its last lines on standard error.
 */
export const ask = async (
  title: string,
  file: string,
  args: string[],
  { cwd, env }: Pick<RunOptions, "cwd" | "env"> = {},
): Promise<string> => {
  const options = {
    cwd: cwd ?? process.cwd(),
    env: env ?? userEnvironment(process.env),
    extendEnv: false,
    stdin: "ignore",
  } as const;
  const execa = await loadExeca();
  const { stdout, stderr, failed, ...how } = await execa(file, args, { ...options, reject: false });
  if (!failed) return stdout;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const tail = lines.slice(-shownLines).map((line) => `\n    ${redact(line)}`);
  throw new UserError(`${title} failed: ${reason(how)}${tail.join("")}`, "Fix it, then run the same command again.");
};

const reason = (error: unknown): string => {
  const { code, exitCode, signal } = error as { code?: string; exitCode?: number; signal?: string };
  if (code === "ENOENT") return "the command was not found";
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === undefined ? (error as Error).message : `exit code ${exitCode}`;
};
