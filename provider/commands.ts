import { execa, ExecaError } from "execa";

/** How a command ended. */
export interface Outcome {
  ok: boolean;
  stdout: string;
  /** Why it failed, in a few words: its last line on standard error, or that there is no such command. */
  reason: string;
}

/** Runs the commands `docker` and `minikube`, and nothing else runs them. */
export class Commands {
  readonly #env: NodeJS.ProcessEnv;
  readonly #cancelled: AbortSignal;

  /**
   * @param env the whole environment of the commands.
   * @param cancelled ends a command that is running; later ones are not started.
   */
  constructor(env: NodeJS.ProcessEnv, cancelled: AbortSignal) {
    this.#env = withoutActiveDaemon(env);
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
    command: "docker" | "minikube",
    args: string[],
    extra: NodeJS.ProcessEnv = {},
    onLine: (line: string) => void = () => undefined,
  ): Promise<Outcome> {
    try {
      const running = execa(command, args, {
        env: { ...this.#env, ...extra },
        extendEnv: false,
        stdin: "ignore",
        cancelSignal: this.#cancelled,
        stdout: [
          "pipe",
          function* (line: unknown) {
            onLine(String(line));
            yield line;
          },
        ],
      });
      const { stdout } = await running;
      return { ok: true, stdout, reason: "" };
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error;
      return { ok: false, stdout: String(error.stdout ?? ""), reason: reasonOf(command, error) };
    }
  }
}

function reasonOf(command: string, error: ExecaError): string {
  if (error.isCanceled) return "cancelled";
  if (error.code === "ENOENT") return `there is no command ${command} on PATH`;
  const line = String(error.stderr ?? "")
    .trim()
    .split("\n")
    .at(-1);
  return line || `exit code ${error.exitCode ?? String(error.signal)}`;
}

/** Undoes `eval $(minikube docker-env)` of the user's shell, which would send docker commands into some cluster. */
function withoutActiveDaemon(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.MINIKUBE_ACTIVE_DOCKERD === undefined) return env;
  const result = { ...env };
  delete result.MINIKUBE_ACTIVE_DOCKERD;
  for (const name of ["DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"]) {
    const before = env[`MINIKUBE_EXISTING_${name}`];
    if (before) result[name] = before;
    else delete result[name];
  }
  return result;
}
