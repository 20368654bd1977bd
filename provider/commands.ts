import { execa } from "execa";

/** How a command ended. */
export interface Outcome {
  ok: boolean;
  stdout: string;
  /** Why it failed, in a few words: its last line on standard error, or that there is no such command; else empty. */
  reason: string;
}

/** Runs the commands `docker`, `helm` and `minikube`, and nothing else runs them. */
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
    command: "docker" | "helm" | "minikube",
    args: string[],
    extra: NodeJS.ProcessEnv = {},
    onLine: (line: string) => void = () => undefined,
  ): Promise<Outcome> {
    const transform = function* (line: unknown): Generator {
      onLine(String(line));
      yield line;
    };
    const result = await execa(command, args, {
      env: { ...this.#env, ...extra },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      stdout: ["pipe", transform],
      cancelSignal: this.#cancelled,
    });
    return { ok: !result.failed, stdout: textOf(result.stdout), reason: reasonOf(command, result) };
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
  if (result.code === "ENOENT") return `there is no command ${command} on PATH`;
  const lastLine = textOf(result.stderr).trim().split("\n").at(-1);
  return lastLine || (result.shortMessage ?? "");
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}

/** Undoes `eval $(minikube docker-env)` of the user's shell, which would send docker commands into some cluster. */
function withoutActiveDaemon(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.MINIKUBE_ACTIVE_DOCKERD === undefined) return env;
  const changed = ["MINIKUBE_ACTIVE_DOCKERD", "DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"];
  const before = changed.map((name) => [name, env[`MINIKUBE_EXISTING_${name}`]]).filter(([, value]) => value);
  const others = Object.entries(env).filter(([name]) => !changed.includes(name));
  return Object.fromEntries([...others, ...before]) as NodeJS.ProcessEnv;
}
