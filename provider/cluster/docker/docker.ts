import type { Commands } from "../../processes/commands.ts";
import { kindOfEngine, mustCarryCluster, noEngine } from "./docker-engine.ts";
import { isLocal } from "../../processes/user-environment.ts";
import { UserError } from "../../processes/errors.ts";

/** What a machine or a Docker engine has to give. */
export interface Capacity {
  cpus: number;
  /** In MB. */
  memory: number;
}

/**
 * Asks the Docker engine what it has to give to a cluster.
 * @throws UserError when Docker does not answer, is on another machine, or is an engine that cannot carry a cluster.
 */
export async function dockerCapacity(commands: Commands): Promise<Capacity> {
  await mustBeHere(commands);
  const asked = await commands.run("docker", ["info", "--format", `{{.NCPU}} {{.MemTotal}} ${kindOfEngine}`]);
  const [cpus = "0", bytes = "0", ...kind] = asked.stdout.trim().split(" ");
  // Without an engine the client still prints its own part, and zeros.
  if (!asked.ok || !(Number(cpus) > 0)) throw noEngine(asked);
  mustCarryCluster(kind.join(" "));
  return { cpus: Number(cpus), memory: Math.floor(Number(bytes) / 2 ** 20) };
}

/**
 * The current context of Docker may lead to another machine, which is not the stack's.
 * @throws UserError when it does.
 */
export async function mustBeHere(commands: Commands): Promise<void> {
  const host = await addressOf(commands);
  // A Docker without contexts, or none at all, is found out about by its next command.
  if (host === "" || isLocal(host)) return;
  throw new UserError(
    `Docker's current context leads to another machine, ${host}; the cluster is to run on this one.`,
    "Type: docker context use default. Then the same command again.",
  );
}

/** The address of the Docker engine that commands reach; empty when Docker does not say. */
async function addressOf(commands: Commands): Promise<string> {
  const { ok, stdout } = await commands.run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  return ok ? stdout.trim() : "";
}

/** A Docker engine. */
export interface DockerEngine {
  /** Its own name for itself, which some upgrades of Docker change. */
  id: string;
  /** Where it listens: `unix:///var/run/docker.sock`. */
  host: string;
}

/** The Docker engine that commands reach; undefined when it does not answer. */
export async function engineOf(commands: Commands): Promise<DockerEngine | undefined> {
  const { ok, stdout } = await commands.run("docker", ["info", "--format", "{{.ID}}"]);
  const id = stdout.trim();
  return ok && id !== "" ? { id, host: await addressOf(commands) } : undefined;
}

/** How a container is; `unknown` when Docker cannot be asked. */
export type ContainerState = "running" | "paused" | "stopped" | "missing" | "unknown";

/** Looks at a container. `startedAt` is when it was started last, in ISO 8601; undefined when Docker cannot say. */
export async function lookAtContainer(
  commands: Commands,
  name: string,
): Promise<{ state: ContainerState; startedAt?: string }> {
  const format = "{{.State.Status}} {{.State.StartedAt}}";
  const { ok, stdout, reason } = await commands.run("docker", ["container", "inspect", "--format", format, name]);
  if (!ok) return { state: isMissing(reason) ? "missing" : "unknown" };
  const [status = "", startedAt = ""] = stdout.trim().split(" ");
  const state = status === "running" || status === "paused" ? status : "stopped";
  return { state, startedAt };
}

/** Docker's own name for a container, which no other one ever gets; undefined when Docker has none, or cannot say. */
export async function containerId(commands: Commands, name: string): Promise<string | undefined> {
  const { ok, stdout } = await commands.run("docker", ["container", "inspect", "--format", "{{.Id}}", name]);
  return ok && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/** What is in a file of a container, which need not run, with what `tar` writes before and behind it; else empty. */
export async function fileInContainer(commands: Commands, name: string, path: string): Promise<string> {
  const { ok, stdout } = await commands.run("docker", ["container", "cp", `${name}:${path}`, "-"]);
  return ok ? stdout : "";
}

/** Where a port of a container is on this machine: `127.0.0.1:49153`. @throws UserError when Docker does not say. */
export async function publishedPort(commands: Commands, name: string, port: number): Promise<string> {
  const { ok, stdout, reason } = await commands.run("docker", ["container", "port", name, `${port}/tcp`]);
  const [first = ""] = stdout.split("\n");
  if (ok && first !== "") return first;
  throw new UserError(
    `Docker does not say where port ${port} of container ${name} is: ${reason}.`,
    `See: docker container inspect ${name}`,
  );
}

/** Lets a paused container run on. @throws UserError when Docker refuses. */
export async function unpause(commands: Commands, name: string): Promise<void> {
  const { ok, reason } = await commands.run("docker", ["container", "unpause", name]);
  if (!ok) throw new UserError(`Container ${name} stays paused: ${reason}.`, `See: docker container inspect ${name}`);
}

/**
 * Lets containers inside a node ask for names: Docker's DNS listens on the node's loopback, to which packets from
 * elsewhere go only with this setting. kube-proxy makes it too, but a while later.
 * @returns whether it is made.
 */
export async function openDns(commands: Commands, node: string): Promise<boolean> {
  const setting = "net.ipv4.conf.all.route_localnet=1";
  return (await commands.run("docker", ["container", "exec", node, "sysctl", "-w", setting])).ok;
}

/** What there is in Docker under the name of a profile, in words: "container PROFILE". */
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

/** Removes a volume, and the containers that use it: Minikube fills it by one that goes on when Minikube is killed. */
export async function removeVolume(commands: Commands, name: string): Promise<void> {
  const { stdout } = await commands.run("docker", ["ps", "--all", "--quiet", "--filter", `volume=${name}`]);
  const users = stdout.split("\n").filter((id) => id !== "");
  if (users.length > 0) await commands.run("docker", ["rm", "--force", ...users]);
  await commands.run("docker", ["volume", "rm", "--force", name]);
}

/**
 * Removes a container and the volume of its name. What is not there is no failure, and what stays is found by whoever
 * needs the name.
 */
export async function removeMachine(commands: Commands, name: string): Promise<void> {
  await commands.run("docker", ["rm", "--force", "--volumes", name]);
  await removeVolume(commands, name);
}

/** Docker's own words, which differ by kind and version; "no such file" is what a Docker that is down says. */
function isMissing(reason: string): boolean {
  return /no such (container|volume|network)|network \S+ not found/i.test(reason);
}
