import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isReady } from "../cluster/kubernetes/api-server.ts";
import type { Commands } from "../processes/commands.ts";
import { kubectl } from "../cluster/minikube/minikube.ts";
import type { Target } from "../cluster/minikube/minikube.ts";

/** How to find out what is in a cluster or a namespace. */
export interface Contents {
  /** Labels of the pods that hold data, as Kubernetes selects by them. */
  selector: string;
  /** The container of such a pod in which the command runs. */
  container: string;
  /** A command that prints one line: what is in it, in words. */
  command: string[];
  /** Where backups are: a folder of the checkout, and how the names of this stack's begin. */
  backups: { folder: string; prefix: string };
}

/** In milliseconds. Nobody waits longer for a number. */
const patience = 20_000;

/**
 * Says what is in a cluster of ours, as far as that can be known, and how old the newest backup is. Changes nothing,
 * and asks no other cluster.
 * @param namespace the namespace to look into; all of them when undefined.
 * @returns sentences.
 */
export async function contentsOf(
  commands: Commands,
  cluster: Target,
  namespace: string | undefined,
  contents: Contents | undefined,
): Promise<string> {
  if (contents === undefined) return "What is in it is not known.";
  const late = sleep(patience, undefined, { ref: false });
  const found = await Promise.race([ask(commands, cluster, namespace, contents).catch(() => undefined), late]);
  const inside = found ?? "not known, since it does not answer";
  return `In it: ${inside}. ${newestBackup(contents.backups)}`;
}

async function ask(
  commands: Commands,
  cluster: Target,
  namespace: string | undefined,
  { selector, container, command }: Contents,
): Promise<string | undefined> {
  if (!(await isReady(cluster))) return undefined;
  const scope = namespace === undefined ? ["--all-namespaces"] : ["--namespace", namespace];
  const columns = "custom-columns=:.metadata.namespace,:.metadata.name";
  const pods = ["get", "pods", ...scope, "--selector", selector, "--no-headers", "--output", columns];
  const found = await kubectl(commands, cluster, pods);
  const [space, pod] = found.stdout.trim().split(/\s+/);
  if (!found.ok || space === undefined || pod === undefined) return undefined;
  const inPod = ["exec", "--namespace", space, pod, "--container", container, "--", ...command];
  const answer = await kubectl(commands, cluster, inPod);
  return answer.ok ? answer.stdout.trim() || undefined : undefined;
}

function newestBackup({ folder, prefix }: Contents["backups"]): string {
  const times = backupsIn(folder, prefix).map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }));
  const newest = times.toSorted((one, other) => other.time - one.time)[0];
  if (newest === undefined) return "There is no backup of this stack.";
  return `The newest backup is ${folder}/${newest.name}, ${ageOf(Date.now() - newest.time)} old.`;
}

function backupsIn(folder: string, prefix: string): string[] {
  try {
    const dumps = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".dump"));
    // Behind its name comes the time, and not the rest of another stack's name that begins like it.
    return dumps.filter((name) => /^\d{4}-\d\d-\d\dT/.test(name.slice(prefix.length)));
  } catch {
    return [];
  }
}

function ageOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} hours`;
  return `${Math.floor(minutes / 1440)} days`;
}
