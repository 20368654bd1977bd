import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { run } from "../run-command.ts";

/** Where the official plugin looks for a daemon when it is told none; contexts of the docker CLI are not among them. */
const defaultHosts = (): string[] => [
  "unix:///var/run/docker.sock",
  `unix://${homedir()}/.docker/run/docker.sock`,
  `unix://${homedir()}/.docker/desktop/docker.sock`,
];

/** The Docker daemon that a provider is configured for, reached through the `docker` command. */
export class Daemon {
  #environment: NodeJS.ProcessEnv = {};
  #cli: Promise<string> | undefined;
  readonly #cancelled: AbortSignal;

  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled;
  }

  /**
   * Settles on a daemon and makes sure that it answers.
   * @param settings `host` and `certPath`; DOCKER_HOST and DOCKER_CERT_PATH where they are missing.
   * @throws Error with the official plugin's words when no daemon answers.
   */
  async connect(settings: Record<string, string>): Promise<void> {
    refuseUnsupported(settings);
    const host = settings["host"] ?? process.env["DOCKER_HOST"];
    const certPath = settings["certPath"] ?? process.env["DOCKER_CERT_PATH"];
    for (const candidate of host ? [host] : defaultHosts()) {
      this.#environment = environmentFor(candidate, certPath);
      if (await this.#answers()) return;
    }
    throw new Error(
      "docker native provider returned an unexpected error from Configure: failed to connect to any docker daemon",
    );
  }

  /**
   * Builds an image into the daemon.
   * @param args arguments of `docker build`.
   * @param buildKit false for the builder that came before BuildKit.
   * @param variables what the environment of the client has besides.
   * @throws CommandFailed whose message is the last line of the build.
   */
  async build(
    args: string[],
    buildKit: boolean,
    onLine: (line: string) => void,
    variables: NodeJS.ProcessEnv = {},
  ): Promise<void> {
    const file = buildKit ? await (this.#cli ??= cliWithBuildKit(this.#cancelled)) : "docker";
    const env = { ...this.#environment, ...variables, DOCKER_BUILDKIT: buildKit ? "1" : "0" };
    const progress = buildKit ? ["--progress=plain"] : [];
    await run({ file, args: ["build", ...progress, ...args], env, signal: this.#cancelled, onLine });
  }

  /** Pulls an image into the daemon. @throws CommandFailed */
  async pull(name: string, onLine: (line: string) => void): Promise<void> {
    await run({ file: "docker", args: ["pull", name], env: this.#environment, signal: this.#cancelled, onLine });
  }

  /** The ID of an image in the daemon. */
  async imageId(name: string): Promise<string> {
    const args = ["image", "inspect", "--format={{.Id}}", name];
    return (await run({ file: "docker", args, env: this.#environment, signal: this.#cancelled })).trim();
  }

  async #answers(): Promise<boolean> {
    const args = ["version", "--format={{.Server.APIVersion}}"];
    return run({ file: "docker", args, env: this.#environment, signal: this.#cancelled }).then(
      () => true,
      () => false,
    );
  }
}

function refuseUnsupported(settings: Record<string, string>): void {
  for (const name of ["caMaterial", "certMaterial", "keyMaterial", "sshOpts"])
    if (settings[name])
      throw new Error(`the stand-in for the docker plugin does not know the provider setting "${name}": use certPath`);
}

/** What programs may know of the environment, and the daemon and the builder that are meant. */
const environmentFor = (host: string, certPath: string | undefined): NodeJS.ProcessEnv => ({
  ...userEnvironment(process.env),
  DOCKER_HOST: host,
  ...(certPath ? { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath } : {}),
  BUILDX_BUILDER: "default",
  BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
});

/** The first `docker` on PATH that can use BuildKit: by the buildx plugin, or before version 23 by itself. */
export async function cliWithBuildKit(signal: AbortSignal): Promise<string> {
  const candidates = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "docker"));
  for (const file of candidates) {
    if (!(await isThere(file))) continue;
    const works = await Promise.any([
      run({ file, args: ["buildx", "version"], signal }),
      run({ file, args: ["--version"], signal }).then((text) => {
        const major = Number(/version (\d+)\./.exec(text)?.[1]);
        if (!(major < 23)) throw new Error("needs buildx");
      }),
    ]).then(
      () => true,
      () => false,
    );
    if (works) return file;
  }
  throw new Error("no docker on PATH can use BuildKit: install its buildx plugin (Debian: apt install docker-buildx)");
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
