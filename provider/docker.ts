import type { Commands } from "./commands.ts";
import { UserError } from "./errors.ts";

/** What a machine or a Docker engine has to give. */
export interface Capacity {
  cpus: number;
  /** In MB. */
  memory: number;
}

/**
 * Asks the Docker engine what it has to give to a cluster.
 * @throws UserError when Docker does not answer.
 */
export async function dockerCapacity(commands: Commands): Promise<Capacity> {
  const { ok, stdout, reason } = await commands.run("docker", ["info", "--format", "{{.NCPU}} {{.MemTotal}}"]);
  const [cpus = 0, bytes = 0] = stdout.trim().split(" ").map(Number);
  // Without an engine the client still prints its own part, and zeros.
  if (!ok || !(cpus > 0)) {
    throw new UserError(
      `Docker does not answer, and the cluster lives in it: ${reason || "no engine"}.`,
      "Install or start Docker until `docker info` works, then run the same command again.",
    );
  }
  return { cpus, memory: Math.floor(bytes / 2 ** 20) };
}

/** The state of a container; `unknown` when Docker cannot be asked. */
export async function containerState(
  commands: Commands,
  name: string,
): Promise<"running" | "stopped" | "missing" | "unknown"> {
  const { ok, stdout, reason } = await commands.run("docker", [
    ...["container", "inspect", "--format", "{{.State.Status}}", name],
  ]);
  if (ok) return stdout.trim() === "running" ? "running" : "stopped";
  return isMissing(reason) ? "missing" : "unknown";
}

/** When a container was started last, in ISO 8601; undefined when Docker cannot say. */
export async function startTime(commands: Commands, name: string): Promise<string | undefined> {
  const { ok, stdout } = await commands.run("docker", [
    ...["container", "inspect", "--format", "{{.State.StartedAt}}", name],
  ]);
  return ok ? stdout.trim() : undefined;
}

/** What there is in Docker under the name of a profile, in words: "container todo". */
export async function thingsNamed(commands: Commands, name: string): Promise<string[]> {
  const kinds = ["container", "volume", "network"];
  const outcomes = await Promise.all(
    kinds.map(async (kind) => {
      const { ok, reason } = await commands.run("docker", [kind, "inspect", "--format", "{{.Name}}", name]);
      if (ok) return [`${kind} ${name}`];
      if (isMissing(reason)) return [];
      throw new UserError(
        `Docker cannot say whether there is a ${kind} ${name}: ${reason}.`,
        "Start Docker, try again.",
      );
    }),
  );
  return outcomes.flat();
}

/** Docker's own words, which differ by kind and version; "no such file" is what a Docker that is down says. */
function isMissing(reason: string): boolean {
  return /no such (container|volume|network)|network \S+ not found/i.test(reason);
}
