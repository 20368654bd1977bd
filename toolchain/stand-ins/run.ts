import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One command to run. */
export interface Command {
  /** The executable, found on PATH. */
  file: string;
  args: string[];
  /** What is written to its standard input: the place for anything secret. */
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the command with SIGTERM when aborted. */
  signal: AbortSignal;
  /** Called with each line of its error output. */
  onLine?: (line: string) => void;
}

/** A command that failed; its message is what the command said last. */
export class CommandFailed extends Error {
  readonly stderr: string;
  /** @param message the reason, as one line. @param stderr all that the command wrote to its error output. */
  constructor(message: string, stderr: string) {
    super(message);
    this.name = "CommandFailed";
    this.stderr = stderr;
  }
}

/**
 * Runs a command to its end.
 * @returns what it wrote to its standard output.
 * @throws CommandFailed when it cannot be started, exits with an error or is cancelled.
 */
export async function run(command: Command): Promise<string> {
  const { file, args, input, env, signal, onLine } = command;
  if (signal.aborted) throw new CommandFailed(`${file} was cancelled`, "");
  const child = spawn(file, args, { env: env ?? process.env, stdio: ["pipe", "pipe", "pipe"] });
  const end = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  try {
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code));
    });
    // A command that ends early closes its input: that is no failure of its own.
    child.stdin.on("error", () => undefined).end(input ?? "");
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), lines(child.stderr, onLine), exit]);
    if (code === 0) return stdout;
    if (signal.aborted) throw new CommandFailed(`${file} was cancelled`, stderr);
    throw new CommandFailed(lastLine(stderr) ?? `${file} ended with exit code ${code}`, stderr);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`cannot run ${file}: ${(error as Error).message}`, "");
  } finally {
    signal.removeEventListener("abort", end);
  }
}

async function text(stream: Readable): Promise<string> {
  let all = "";
  for await (const chunk of stream.setEncoding("utf8")) all += chunk as string;
  return all;
}

async function lines(stream: Readable, onLine: (line: string) => void = () => undefined): Promise<string> {
  const all: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    all.push(line);
    onLine(line);
  }
  return all.join("\n");
}

const lastLine = (stderr: string): string | undefined =>
  stderr
    .split("\n")
    .findLast((line) => line.trim() !== "")
    ?.replace(/^(ERROR|Error): /, "");
