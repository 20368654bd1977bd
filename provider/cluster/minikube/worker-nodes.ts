import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lookAtContainer, removeMachine } from "../docker/docker.ts";
import type { Commands } from "../../processes/commands.ts";
import { profileFolder } from "../ownership.ts";
import type { Profile } from "../ownership.ts";
import { readJson } from "../../processes/files.ts";

/** A node that was added to the first one of a cluster. */
export interface Worker {
  /** Minikube's word for it: `m02`. */
  name: string;
  /** Its container and its name in Kubernetes: `PROFILE-m02`. */
  machine: string;
}

/** As much as is read and changed of what Minikube knows about a profile. */
interface ProfileConfig {
  Nodes?: { Name: string }[];
  ExposedPorts?: string[];
}

/**
 * The worker that Minikube would add next: it counts on from the last one, and the first node has the name of the
 * cluster alone.
 */
export function nextWorker(profile: Profile): Worker {
  const last = workersOf(profile).at(-1)?.name ?? "m01";
  const name = `m${String(Number(last.slice(1)) + 1).padStart(2, "0")}`;
  return { name, machine: `${profile.profile}-${name}` };
}

/** The workers that Minikube knows of a cluster, in the order in which they were added. */
export function workersOf(profile: Profile): Worker[] {
  const { Nodes = [] } = readConfig(profile) ?? {};
  return Nodes.slice(1).map(({ Name }) => ({ name: Name, machine: `${profile.profile}-${Name}` }));
}

/**
 * Keeps Minikube from publishing the ports of the first node by every node that it adds or makes again: a machine has
 * each port once. The first start of a cluster says them anew.
 */
export function publishNoMorePorts(profile: Profile): void {
  change(profile, (config) => ({ ...config, ExposedPorts: [] }));
}

/**
 * Has Minikube forget the workers whose containers are gone: it would make them again with the ports of the first node.
 * What else is left of them goes first: nobody would know it any more, and the next worker has its name.
 */
export async function forgetLostWorkers(commands: Commands, profile: Profile): Promise<void> {
  for (const worker of workersOf(profile)) {
    const { state } = await lookAtContainer(commands, worker.machine);
    if (state !== "missing") continue;
    await removeMachine(commands, worker.machine);
    forgetWorker(profile, worker);
  }
}

/**
 * Has Minikube forget a worker. What it keeps of a machine would have it take the next one of that name for one that
 * has joined already.
 */
export function forgetWorker(profile: Profile, { name, machine }: Worker): void {
  change(profile, (config) => ({ ...config, Nodes: config.Nodes?.filter((node) => node.Name !== name) ?? [] }));
  rmSync(join(profile.home, "machines", machine), { recursive: true, force: true });
}

function change(profile: Profile, edit: (config: ProfileConfig) => ProfileConfig): void {
  const config = readConfig(profile);
  if (config !== undefined) writeFileSync(pathOf(profile), JSON.stringify(edit(config), undefined, "\t"));
}

/** Undefined when there is none, or it cannot be read. */
function readConfig(profile: Profile): ProfileConfig | undefined {
  return readJson(pathOf(profile)) as ProfileConfig | undefined;
}

const pathOf = (profile: Profile): string => join(profileFolder(profile), "config.json");
