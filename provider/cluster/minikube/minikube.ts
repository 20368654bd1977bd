import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Commands, Outcome } from "../../processes/commands.ts";
import { publishedPort } from "../docker/docker.ts";
import { restoreNetwork } from "../docker/lost-network.ts";
import { UserError } from "../../processes/errors.ts";
import { asWord } from "../../processes/shell-word.ts";
import { readEvent } from "./minikube-events.ts";
import { forgetLostWorkers } from "./worker-nodes.ts";
import type { MinikubeEvent } from "./minikube-events.ts";

/** The cluster that a command is about. */
export interface Target {
  home: string;
  profile: string;
  /** Relative to the checkout. */
  kubeconfig: string;
}

/** How a cluster is started. */
export interface StartOptions {
  driver: string;
  cpus: number;
  /** In MB. */
  memory: number;
  /** `ADDRESS:HOST_PORT:NODE_PORT`. */
  ports: string[];
  kubernetesVersion: string;
  containerRuntime: string;
  /**
   * What connects the pods: Minikube's own `bridge`, for one node, or `kube-router`, for several. Default: `bridge`.
   */
  network?: Network;
}

/** What connects the pods of a cluster: Minikube's own `bridge`, for one node, or `kube-router`, for several. */
export type Network = "bridge" | "kube-router";

/** The file that puts kube-router into a cluster: as a firewall beside the bridge, or as the network too. */
export const routerManifest = (network: Network = "bridge"): string =>
  join(import.meta.dirname, "../kubernetes", network === "bridge" ? "kube-router.yaml" : "kube-router-network.yaml");

/** The step before which Minikube has restarted the Docker daemon for the last time. */
const afterDaemon = "Preparing Kubernetes";

/**
 * Makes or starts a cluster and waits until it works.
 * @param progress is given each step in words.
 * @param onDaemon is told when the Docker daemon in it can be used, some time before the end. With the docker driver
 * alone.
 * @throws UserError with Minikube's own error and advice.
 */
export async function startCluster(
  commands: Commands,
  target: Target,
  options: StartOptions,
  progress: (line: string) => void,
  onDaemon: () => void = () => undefined,
): Promise<void> {
  const onEvent = ({ text, step }: MinikubeEvent): void => {
    progress(text);
    if (step === afterDaemon) onDaemon();
  };
  await forgetLostWorkers(commands, target);
  if (options.driver === "docker") await restoreNetwork(commands, target);
  const ports = options.ports.map((port) => `--ports=${port}`);
  await minikube(commands, target, onEvent, [
    "start",
    `--driver=${options.driver}`,
    `--container-runtime=${options.containerRuntime}`,
    `--kubernetes-version=${options.kubernetesVersion}`,
    `--cpus=${options.cpus}`,
    `--memory=${options.memory}`,
    ...ports,
    ...(options.network === "kube-router" ? [`--cni=${routerManifest(options.network)}`] : []),
    // Certificates by content, so that the kubeconfig does not depend on other files.
    "--embed-certs",
    "--interactive=false",
    "--output=json",
  ]);
}

/**
 * Adds a node to a cluster that runs, or starts one of those that were added.
 * @param name Minikube's word for it: `m02`.
 * @throws UserError with the last line that Minikube has written.
 */
export async function changeNodes(
  commands: Commands,
  target: Target,
  ...change: ["add"] | ["start", name: string]
): Promise<void> {
  const { ok, reason } = await commands.run("minikube", ["node", "-p", target.profile, ...change], variables(target));
  if (ok) return;
  const what = `minikube node ${change.join(" ")}`;
  if (commands.cancelled) throw new UserError(`${what} was cancelled.`, "Run the same command again.");
  throw new UserError(
    `${what} failed for profile ${target.profile}: ${reason}`,
    `See: ${minikubeToType(target, "logs")}`,
  );
}

/**
 * Writes the kubeconfig of a cluster that runs anew, certificates and all. What does not work out is found out by
 * whoever uses it.
 */
export async function renewKubeconfig(commands: Commands, target: Target): Promise<void> {
  await rm(target.kubeconfig, { force: true });
  await commands.run("minikube", ["update-context", "-p", target.profile], variables(target));
  // Minikube embeds no certificates here.
  const { ok, stdout } = await kubectl(commands, target, ["config", "view", "--flatten", "--raw"]);
  if (!ok) return;
  await rm(target.kubeconfig, { force: true });
  await writeFile(target.kubeconfig, `${stdout}\n`, { mode: 0o600 });
}

/** Removes a cluster with all its data. */
export async function deleteCluster(
  commands: Commands,
  target: Target,
  progress: (line: string) => void,
): Promise<void> {
  await minikube(commands, target, ({ text }) => progress(text), ["delete", "--output=json"]);
}

/**
 * Asks where the Docker daemon of the cluster's first node listens.
 * @returns `tcp://ADDRESS:PORT`
 */
export async function dockerHost(commands: Commands, target: Target & { network?: Network }): Promise<string> {
  // Of a cluster with several nodes Minikube does not say it.
  if (target.network === "kube-router") return `tcp://${await publishedPort(commands, target.profile, 2376)}`;
  const ignore = (): void => undefined;
  const answer = await minikube(commands, target, ignore, ["docker-env", "--shell=none", "--output=json"]);
  const { DOCKER_HOST } = JSON.parse(answer) as { DOCKER_HOST: string };
  return DOCKER_HOST;
}

/** Runs kubectl, of the cluster's own version, on the cluster; a failure is an outcome, not an exception. */
export async function kubectl(commands: Commands, target: Target, args: string[]): Promise<Outcome> {
  const context = `--context=${target.profile}`;
  return await commands.run("minikube", ["kubectl", "-p", target.profile, "--", context, ...args], variables(target));
}

/** The state of a cluster whose node is no container but a virtual machine. */
export async function machineState(
  commands: Commands,
  target: Target,
): Promise<"running" | "stopped" | "missing" | "unknown"> {
  // The exit code tells the same in bits, so a failure still has its answer on standard output.
  const { stdout } = await commands.run("minikube", ["status", "-p", target.profile, "-o", "json"], variables(target));
  const host = /"Host": ?"(\w+)"/.exec(stdout)?.[1];
  if (host === undefined) return "unknown";
  if (host === "Nonexistent") return "missing";
  return host === "Running" ? "running" : "stopped";
}

async function minikube(
  commands: Commands,
  target: Target,
  onEvent: (event: MinikubeEvent) => void,
  args: string[],
): Promise<string> {
  let failure: { text: string; advice?: string } | undefined;
  const onLine = (line: string): void => {
    const event = readEvent(line);
    if (event?.kind === "error") failure = event;
    else if (event !== undefined) onEvent(event);
  };
  const [command = "", ...rest] = args;
  const all = [command, "-p", target.profile, ...rest];
  const { ok, stdout, reason } = await commands.run("minikube", all, variables(target), onLine);
  if (ok) return stdout;
  if (commands.cancelled) throw new UserError(`minikube ${command} was cancelled.`, "Run the same command again.");
  throw new UserError(
    `minikube ${command} failed for profile ${target.profile}: ${failure?.text ?? reason}`,
    failure?.advice ?? `See: ${minikubeToType(target, "logs")}`,
  );
}

/** A command of Minikube for a profile, as a person can paste it into a shell. */
export const minikubeToType = ({ home, profile }: Pick<Target, "home" | "profile">, command: string): string =>
  `MINIKUBE_HOME=${asWord(home)} minikube -p ${profile} ${command}`;

function variables({ home, kubeconfig }: Target): NodeJS.ProcessEnv {
  return { MINIKUBE_HOME: home, KUBECONFIG: resolve(kubeconfig) };
}
