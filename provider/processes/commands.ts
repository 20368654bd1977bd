import { loadExeca } from "./load-execa.ts";
import { pluginEnvironment } from "./user-environment.ts";

/** How a command ended. */
export interface Outcome {
  ok: boolean;
  /** True when there is no such command on PATH. */
  missing: boolean;
  stdout: string;
  /** Why it failed, in a few words: its last line on standard error, or that there is no such command; else empty. */
  reason: string;
}

/** Runs the commands `docker`, `helm` and `minikube`, and nothing else runs them. */
export class Commands {
  readonly #env: NodeJS.ProcessEnv;
  readonly #cancelled: AbortSignal;

  /**
   * @param env the environment of this process, of which the commands get what {@link pluginEnvironment} lets through.
   * @param cancelled ends a command that is running; later ones are not started.
   */
  constructor(env: NodeJS.ProcessEnv, cancelled: AbortSignal) {
    this.#env = pluginEnvironment(env);
    this.#cancelled = cancelled;
  }

  /** True once the user has cancelled the operation. */
  get cancelled(): boolean {
    return this.#cancelled.aborted;
  }

  /**
   * Runs a command to its end; a failure is an outcome, not an exception.
   * @param extra variables on top of the environment.
   * @param onLine is given each line of standard output as it comes.
   */
  async run(
    command: "docker" | "helm" | "minikube",
    args: string[],
    extra: NodeJS.ProcessEnv = {},
    onLine: (line: string) => void = () => undefined,
  ): Promise<Outcome> {
    const transform = function* (line: unknown): Generator {
      onLine(String(line));
      yield line;
    };
    const execa = await loadExeca();
    const result = await execa(command, args, {
      env: { ...this.#env, ...extra },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      stdout: ["pipe", transform],
      cancelSignal: this.#cancelled,
    });
    return {
      ok: !result.failed,
      missing: isMissing(result),
      stdout: textOf(result.stdout),
      reason: reasonOf(command, result),
    };
  }

  /**
   * Runs `docker` twice at a time, and gives what the first one writes to the second; a failure is an outcome, as
   * above.
   */
  async pipe(from: string[], to: string[]): Promise<Omit<Outcome, "missing">> {
    const options = {
      env: this.#env,
      extendEnv: false,
      cancelSignal: this.#cancelled,
      buffer: { stdout: false },
    } as const;
    const execa = await loadExeca();
    try {
      await execa("docker", from, { ...options, stdin: "ignore" }).pipe(execa("docker", to, options));
      return { ok: true, stdout: "", reason: "" };
    } catch (error) {
      return { ok: false, stdout: "", reason: reasonOf("docker", error as Failure) };
    }
  }
}

interface Failure {
  failed: boolean;
  isCanceled: boolean;
  code?: string | undefined;
  stderr: unknown;
  shortMessage?: string | undefined;
}

function reasonOf(command: string, result: Failure): string {
  if (!result.failed) return "";
  if (result.isCanceled) return "cancelled";
  if (isMissing(result)) return `there is no command ${command} on PATH`;
  // What Helm adds to a reason.
  const lines = textOf(result.stderr)
    .replace(/^Use --debug flag .*$/m, "")
    .trim()
    .split("\n");
  return lines.at(-1) || (result.shortMessage ?? "");
}

const isMissing = ({ code }: { code?: string | undefined }): boolean => code === "ENOENT";

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
