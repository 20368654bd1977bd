import { get } from "node:https";
import type { RequestOptions } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { sidecar } from "./code-sync.ts";
import { isOfProbe, readable } from "./log-line.ts";
import type { PodObserver } from "./pods.ts";
import type { Print } from "./printer.ts";

const pause = 1_000;

interface Followed {
  isRunning: boolean;
  stop: AbortController;
}

/** Prints what all containers of the release write from now on. */
export class Logs implements PodObserver {
  readonly #followed = new Map<string, Followed>();
  readonly #begin = new Date();
  readonly #print: Print;

  constructor(print: Print) {
    this.#print = print;
  }

  readonly seen = (pod: V1Pod, config: KubeConfig): void => {
    for (const { name, containerID, state } of containersOf(pod)) {
      if (containerID === undefined || name === sidecar) continue;
      const isRunning = state?.running !== undefined;
      const known = this.#followed.get(containerID);
      if (known !== undefined) known.isRunning = isRunning;
      else void this.#follow(pod, name, containerID, { isRunning, stop: new AbortController() }, config);
    }
  };

  readonly gone = (pod: V1Pod): void => {
    for (const { containerID = "" } of containersOf(pod)) {
      this.#followed.get(containerID)?.stop.abort();
      this.#followed.delete(containerID);
    }
  };

  /** Ends all. */
  stop(): void {
    for (const { stop } of this.#followed.values()) stop.abort();
  }

  /** Reads on where a connection broke, for as long as the container runs. */
  async #follow(pod: V1Pod, container: string, id: string, followed: Followed, config: KubeConfig): Promise<void> {
    this.#followed.set(id, followed);
    const [name, namespace] = [pod.metadata?.name ?? "", pod.metadata?.namespace ?? ""];
    const print = (line: string): void => {
      if (line.trim() !== "" && !isOfProbe(line)) this.#print(shortName(pod), readable(line));
    };
    let since = this.#begin;
    do {
      const query = new URLSearchParams({ container, follow: "true", sinceTime: since.toISOString() });
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query.toString()}`;
      await linesOf(config, path, print, followed.stop.signal).catch(() => undefined);
      since = new Date();
      await sleep(pause);
    } while (followed.isRunning && !followed.stop.signal.aborted);
  }
}

/** Not by the official client: it ends the process when a stream of its own breaks. */
const linesOf = async (
  config: KubeConfig,
  path: string,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const options: RequestOptions = { signal };
  await config.applyToHTTPSOptions(options);
  const url = new URL(path, config.getCurrentCluster()?.server);
  await new Promise<void>((resolve, reject) => {
    const request = get(url, options, (response) => {
      response.on("error", reject);
      if (response.statusCode !== 200) {
        response.resume();
        resolve();
        return;
      }
      createInterface({ input: response }).on("line", print).on("close", resolve).on("error", reject);
    });
    request.on("error", reject);
  });
};

/** `todo-backend-5d9c7b6f4-x2x7k` as `backend-x2x7k`. */
const shortName = ({ metadata }: V1Pod): string =>
  `${metadata?.labels?.["app.kubernetes.io/component"] ?? ""}-${metadata?.name?.split("-").at(-1) ?? ""}`;

const containersOf = ({ status }: V1Pod): V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];
