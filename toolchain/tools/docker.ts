import { execa } from "execa";
import { toolEnvironment } from "../environment.ts";
import { ToolchainError } from "../errors.ts";
import type { Step } from "../step.ts";

/** The step that makes sure of a Docker Engine that answers. Set-up does not install one on a machine with a choice of them. */
export const dockerStep = (): Step => ({
  title: "Docker",
  isDone: async () => (await askDocker()).exitCode === 0,
  run: async () => {
    const { code, stderr } = await askDocker();
    if (code === "ENOENT") {
      throw new ToolchainError("Docker is missing.", "Install it: https://docs.docker.com/get-started/get-docker/");
    }
    throw new ToolchainError(
      `Docker does not answer: ${stderr.trim().split("\n")[0] || "no reason given"}.`,
      "Start Docker Desktop, or the docker service, and see that `docker version` names a server.",
    );
  },
});

const askDocker = async () =>
  await execa("docker", ["version", "--format", "{{.Server.Version}}"], {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 20_000,
  });
