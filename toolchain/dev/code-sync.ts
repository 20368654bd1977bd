import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { codeOf, copyAll, copySome } from "./code-copy.ts";
import type { Application, Copied } from "./code-copy.ts";
import type { PodObserver } from "./pods.ts";
import type { Print } from "./printer.ts";
import { RemoteShell } from "./remote-shell.ts";

/** Name of the chart's container through which the code comes. */
export const sidecar = "source";

const pause = 1_000;

/** Keeps the code in each pod that has a sidecar for it as it is in the checkout. */
export class CodeSync implements PodObserver {
  readonly #targets = new Map<string, Target>();
  readonly #print: Print;

  constructor(print: Print) {
    this.#print = print;
  }

  readonly seen = (pod: V1Pod, config: KubeConfig): void => {
    const container = runningSidecar(pod);
    const uid = pod.metadata?.uid ?? "";
    const known = this.#targets.get(uid);
    if (known?.container === container) return;
    // Another run of the sidecar, or none.
    this.gone(pod);
    if (container !== undefined) this.#targets.set(uid, new Target(pod, container, config, this.#print));
  };

  readonly gone = (pod: V1Pod): void => {
    const uid = pod.metadata?.uid ?? "";
    this.#targets.get(uid)?.stop();
    this.#targets.delete(uid);
  };

  /** Takes changed paths of an application into its pods. */
  changed(application: Application, paths: string[]): void {
    for (const target of this.#targets.values()) if (target.application === application) target.add(paths);
  }

  /** Lets go of all pods. */
  stop(): void {
    for (const target of this.#targets.values()) target.stop();
    this.#targets.clear();
  }
}

/** One pod, and what it does not have yet. */
class Target {
  readonly application: Application;
  readonly container: string;
  readonly #name: string;
  readonly #namespace: string;
  readonly #config: KubeConfig;
  readonly #print: Print;
  #pending: Set<string> | "all" = "all";
  #isBusy = false;
  #isStopped = false;
  #shell: RemoteShell | undefined;

  constructor(pod: V1Pod, container: string, config: KubeConfig, print: Print) {
    this.application = pod.metadata?.labels?.["app.kubernetes.io/component"] as Application;
    this.container = container;
    this.#name = pod.metadata?.name ?? "";
    this.#namespace = pod.metadata?.namespace ?? "";
    this.#config = config;
    this.#print = print;
    void this.#work();
  }

  add(paths: string[]): void {
    if (this.#pending !== "all") for (const path of paths) this.#pending.add(path);
    void this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    this.#shell?.close();
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (!this.#isStopped && (this.#pending === "all" || this.#pending.size > 0)) {
      const begin = performance.now();
      const pending = this.#pending;
      this.#pending = new Set();
      try {
        this.#tell(await this.#copy(pending), Math.round(performance.now() - begin));
      } catch (error) {
        await this.#recover(error);
      }
    }
    this.#isBusy = false;
  }

  async #copy(pending: Set<string> | "all"): Promise<Copied> {
    const pod = { namespace: this.#namespace, pod: this.#name, container: sidecar };
    const shell = (this.#shell ??= await RemoteShell.open(this.#config, pod));
    const run = (script: string): Promise<string> => shell.run(script);
    const code = codeOf(this.application);
    return pending === "all" ? await copyAll(code, run) : await copySome(code, [...pending], run);
  }

  /** What has arrived is not known, so all of it is copied again, as soon as that is possible. */
  async #recover(error: unknown): Promise<void> {
    this.#shell?.close();
    this.#shell = undefined;
    this.#pending = "all";
    if (this.#isStopped) return;
    const why = error instanceof Error ? error.message : "the pod cannot be reached";
    this.#print("sync", `${this.#name}: ${why}. Tried again.`);
    await sleep(pause);
  }

  #tell({ files, removed }: Copied, milliseconds: number): void {
    const what = [...listed(files, "files", ""), ...listed(removed, "files removed", "removed ")].join(", ");
    if (what !== "") this.#print("sync", `${what} → ${this.#name} in ${milliseconds} ms`);
  }
}

const listed = (paths: string[], many: string, one: string): string[] => {
  if (paths.length === 0) return [];
  return paths.length > 3 ? [`${paths.length} ${many}`] : paths.map((path) => `${one}${path}`);
};

/** The id of the sidecar's container while it runs; undefined for a pod on its way out. */
const runningSidecar = ({ metadata, status }: V1Pod): string | undefined => {
  if (metadata?.deletionTimestamp !== undefined) return undefined;
  const container = status?.initContainerStatuses?.find(({ name }) => name === sidecar);
  return container?.state?.running === undefined ? undefined : container.containerID;
};
