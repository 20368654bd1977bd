import { execa } from "execa";
import { toolEnvironment } from "../../../machine/tool-environment.ts";
import { run, type RunOptions } from "../../../machine/run.ts";

/** Runs a `docker` command of set-up; see `run`. */
export const docker = async (title: string, args: string[], options: RunOptions = {}): Promise<string> =>
  await run(title, "docker", args, { ...options, env: toolEnvironment() });

/** Asks `docker` something; undefined if it does not answer with success within ten seconds. */
export const askDocker = async (...args: string[]): Promise<string | undefined> => {
  const options = {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 10_000,
  } as const;
  const { stdout, failed } = await execa("docker", args, options);
  return failed ? undefined : stdout;
};

/** True if a Docker Engine answers. */
export const dockerAnswers = async (): Promise<boolean> =>
  (await askDocker("version", "--format", "{{.Server.Version}}")) !== undefined;

/** True if the Docker Engine has this image. */
export const hasImage = async (reference: string): Promise<boolean> =>
  (await askDocker("image", "inspect", "--format", "{{.Id}}", reference)) !== undefined;

/** Arguments of `docker import` that set what a Dockerfile's instructions would: `ENV LANG=C.UTF-8`. */
export const changes = (instructions: string[]): string[] =>
  instructions.flatMap((instruction) => ["--change", instruction]);
