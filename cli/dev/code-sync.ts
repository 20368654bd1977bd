import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { codeOf, CodeCopy } from "./code-copy.ts";
import type { Application, Copied } from "./code-copy.ts";
import type { PodObserver } from "./pods.ts";
import type { Print } from "./printer.ts";
import { RemoteShell } from "./remote-shell.ts";
import { isGone, reasonOf } from "./trouble.ts";

/** Name of the chart's container through which the code comes. */
export const sidecar = "source";

/** After something that failed, in milliseconds. */
const pause = 1_000;

/** Between two looks at code of which nobody has told that it changed, in milliseconds: events get lost. */
const rest = 2_000;

/** How many times as long as a look takes there is none. */
const share = 20;

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
  readonly #copy: CodeCopy;
  #changed = new Set<string>();
  #isBehind = true;
  #isBusy = false;
  #isStopped = false;
  #shell: RemoteShell | undefined;
  #next: NodeJS.Timeout | undefined;
  /** What was said last of something that failed; undefined once it is well again. */
  #said: string | undefined;

  constructor(pod: V1Pod, container: string, config: KubeConfig, print: Print) {
    this.application = pod.metadata?.labels?.["app.kubernetes.io/component"] as Application;
    this.container = container;
    this.#name = pod.metadata?.name ?? "";
    this.#namespace = pod.metadata?.namespace ?? "";
    this.#config = config;
    this.#print = print;
    this.#copy = new CodeCopy(codeOf(this.application));
    void this.#work();
  }

  add(paths: string[]): void {
    for (const path of paths) this.#changed.add(path);
    this.#isBehind = true;
    void this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
    this.#shell?.close();
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    clearTimeout(this.#next);
    let took = 0;
    while (!this.#isStopped && this.#isBehind) {
      const begin = performance.now();
      const changed = this.#changed;
      this.#changed = new Set();
      this.#isBehind = false;
      try {
        const copied = await this.#copy.update(changed, (script) => this.#run(script));
        took = performance.now() - begin;
        this.#tell(copied, Math.round(took));
        this.#said = undefined;
        this.#isBehind ||= copied.again;
      } catch (error) {
        for (const path of changed) this.#changed.add(path);
        this.#isBehind = true;
        await this.#recover(error);
      }
    }
    this.#isBusy = false;
    if (this.#isStopped) return;
    this.#next = setTimeout(() => this.add([]), Math.max(rest, took * share)).unref();
  }

  async #run(script: string): Promise<string> {
    const pod = { namespace: this.#namespace, pod: this.#name, container: sidecar };
    this.#shell ??= await RemoteShell.open(this.#config, pod);
    return await this.#shell.run(script);
  }

  /** It is tried again until it succeeds, and said once. */
  async #recover(error: unknown): Promise<void> {
    this.#shell?.close();
    this.#shell = undefined;
    if (this.#isStopped) return;
    const why = reasonOf(error);
    if (why !== this.#said && !isGone(error))
      this.#print("sync", `${this.#name}: ${why.replace(/\.?$/, ".")} It is tried again.`);
    this.#said = why;
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
