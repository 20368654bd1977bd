import process from "node:process";
import { UserError } from "../../processes/errors.ts";
import { ignoredDocker } from "../../processes/user-environment.ts";

/** What `docker info` says of the kind of an engine: how it keeps containers apart, and where it keeps its images. */
export const kindOfEngine = "{{json .SecurityOptions}} {{.DockerRootDir}}";

/**
 * Makes sure that an engine can carry a cluster in which images are built.
 * @param kind what {@link kindOfEngine} gave; empty when nothing is known.
 * @throws UserError when it is Podman, or Docker without root rights.
 */
export function mustCarryCluster(kind: string): void {
  if (/\/containers\/storage$/.test(kind.trim())) throw onPodman();
  if (!kind.includes('"name=rootless"')) return;
  throw new UserError(
    "Docker runs without root rights here (rootless), and a cluster in it could not build images.",
    "Use Docker's ordinary engine: unset DOCKER_HOST; docker context use default. Then run the same command again.",
  );
}

/**
 * What to tell the user when `docker info` fails.
 * @param outcome how it ended; `reason` is empty when it gave no engine.
 * @param user the environment of the user, in whose shell it may work all the same.
 */
export function noEngine(
  { missing, reason }: { missing: boolean; reason: string },
  user: NodeJS.ProcessEnv = process.env,
): UserError {
  if (missing) {
    return new UserError(
      "Docker is missing: there is no command docker on PATH.",
      "Install it: https://docs.docker.com/get-started/get-docker/. See that `docker info` works.",
    );
  }
  // Podman's `docker` has other fields, and says which one it does not know.
  if (/podman|can't evaluate field/i.test(reason)) return onPodman();
  const what = `Docker does not answer, and the cluster runs in it: ${reason || "no engine"}.`;
  if (/permission denied/i.test(reason)) {
    return new UserError(
      what,
      "Your user may not use its socket. Type: sudo usermod -aG docker $USER, sign out and in again, and see that `docker info` works.",
    );
  }
  const ignored = ignoredDocker(user);
  if (ignored !== undefined) return new UserError(what, `${ignored}. Then run the same command again.`);
  return new UserError(what, "Install or start Docker until `docker info` works, then run the same command again.");
}

function onPodman(): UserError {
  return new UserError(
    "Podman answers here in place of Docker, and Minikube's driver docker works with Docker's own engine alone.",
    "Install Docker: https://docs.docker.com/get-started/get-docker/. If you have both, remove the package podman-docker, and " +
      "unset DOCKER_HOST.",
  );
}
