import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { userEnvironment } from "../../provider/processes/user-environment.ts";

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

/** How long a cancelled command's own children may keep its output open, in milliseconds. */
const grace = 500;

/**
 * Runs a command to its end.
 * @returns what it wrote to its standard output.
 * @throws CommandFailed when it cannot be started, exits with an error or is cancelled.
 */
export async function run(command: Command): Promise<string> {
  const { file, args, input = "", env = userEnvironment(process.env), signal, onLine } = command;
  const isCancelled = (): boolean => signal.aborted;
  const cancelled = (stderr: string): CommandFailed => new CommandFailed(`${file} was cancelled`, stderr);
  if (isCancelled()) throw cancelled("");
  const child = spawn(file, args, { env, stdio: "pipe" });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  createInterface({ input: child.stderr }).on("line", (line) => {
    stderr += `${line}\n`;
    onLine?.(line);
  });
  // A command that ends early closes its input: that is no failure of its own.
  child.stdin.on("error", () => undefined).end(input);

  const end = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(new CommandFailed(`cannot run ${file}: ${error.message}`, "")));
    child.once("close", resolve);
    child.once("exit", () => isCancelled() && setTimeout(resolve, grace, null));
  }).finally(() => signal.removeEventListener("abort", end));

  if (code === 0) return stdout;
  if (isCancelled() && lastLine(stderr) === undefined) throw cancelled(stderr);
  throw new CommandFailed(lastLine(stderr) ?? `${file} ended with exit code ${code}`, stderr);
}

const lastLine = (stderr: string): string | undefined =>
  stderr
    .split("\n")
    .findLast((line) => line.trim() !== "")
    ?.replace(/^(ERROR|Error): /, "");
