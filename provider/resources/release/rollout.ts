import { setTimeout as sleep } from "node:timers/promises";
import { answers } from "../../diagnosis/http-answer.ts";
import type { HttpAnswer } from "../../diagnosis/http-answer.ts";
import { AwakeTime } from "../../diagnosis/awake-time.ts";
import { causesOf, waitsForNode, Watch } from "../../diagnosis/causes.ts";
import type { Cause } from "../../diagnosis/causes.ts";
import type { Commands } from "../../processes/commands.ts";
import type { FailedProbes } from "../../diagnosis/diagnosis.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { UserError } from "../../processes/errors.ts";
import { Namespace } from "../../cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../cluster/kubernetes/kubernetes.ts";
import type { Difference, Resource } from "../resource.ts";
import { failedProbes, lastWords } from "../../diagnosis/last-words.ts";
import { revisionsOf } from "../../diagnosis/revisions.ts";
import { startedAfter } from "../../diagnosis/old-words.ts";
import { workloadsOf } from "../../diagnosis/workloads.ts";
import type { Workload } from "../../diagnosis/workloads.ts";
import { nextAfter } from "../../diagnosis/diagnosis.ts";

/** What the program says about a release that is to become healthy. */
export interface RolloutInputs extends NamespaceRef {
  /** Name of the Helm release. */
  release: string;
  /** Its revision; a new one is waited for. */
  revision: number;
  /** The life of the cluster. */
  instance: string;
  /** When the node was started last, in ISO 8601: what containers were before says nothing. Empty when not known. */
  nodeStarted: string;
  /** Where the application answers when all is well: `http://HOST:PORT`. */
  url: string;
  /** What it is asked there, and how it answers. Defaults to status 200 for `/`. */
  answer?: HttpAnswer;
}

/** How long a release may take to become healthy, in milliseconds. A cluster of others may first have to make nodes. */
const timeoutFor = ({ clusterId }: RolloutInputs): number => (clusterId === undefined ? 300_000 : 600_000);
const pause = 400;

/** A release that will not become healthy, and why. */
interface Failure {
  what: string;
  lines: string[];
}

/**
 * `minikube:index:Rollout`: waits until everything that a release runs is ready and its URL answers. Says what is wrong
 * as soon as that can be seen, and then goes back to the revision that was healthy before.
 */
export class RolloutResource implements Resource<RolloutInputs, RolloutInputs, RolloutInputs> {
  readonly #commands: Commands;
  readonly #engine: Engine;

  constructor(commands: Commands, engine: Engine) {
    this.#commands = commands;
    this.#engine = engine;
  }

  check(_urn: string, _olds: unknown, news: RolloutInputs): Promise<RolloutInputs> {
    return Promise.resolve(news);
  }

  async diff(_urn: string, olds: RolloutInputs, news: RolloutInputs): Promise<Difference> {
    const keys = ["instance", "namespace", "revision", "nodeStarted", "url"] as const;
    return { changes: keys.some((key) => olds[key] !== news[key]) || !(await isHealthy(news)) };
  }

  async create(urn: string, inputs: RolloutInputs): Promise<{ id: string; state: RolloutInputs }> {
    await this.#settle(urn, inputs, undefined);
    return { id: inputs.release, state: inputs };
  }

  async update(urn: string, olds: RolloutInputs, news: RolloutInputs): Promise<RolloutInputs> {
    // Only in the same life of the same release is there something to go back to.
    const goesOn =
      olds.instance === news.instance && olds.namespace === news.namespace && olds.revision < news.revision;
    await this.#settle(urn, news, goesOn ? olds.revision : undefined);
    return news;
  }

  read(_urn: string, state: RolloutInputs): Promise<RolloutInputs> {
    return Promise.resolve(state);
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** @param before the revision that was healthy, to which to go back. */
  async #settle(urn: string, rollout: RolloutInputs, before: number | undefined): Promise<void> {
    await Namespace.use(rollout, async (namespace) => {
      const failure = await this.#wait(urn, rollout, namespace, timeoutFor(rollout));
      if (failure === undefined) return;
      const { kubeconfig, release } = rollout;
      const after = before === undefined ? "" : await this.#rollBack(urn, rollout, namespace, before);
      const lines = failure.lines.map((line) => `\n    ${line}`).join("");
      throw new UserError(
        `Release ${release} does not become healthy: ${failure.what}.${lines}${after}`,
        `${nextAfter(failure.what)} To look: kubectl --kubeconfig ${kubeconfig} --namespace ${rollout.namespace} get pods,events`,
      );
    });
  }

  /** Watches the release until it is healthy, or as good as certain not to become so. */
  async #wait(urn: string, rollout: RolloutInputs, namespace: Namespace, limit: number): Promise<Failure | undefined> {
    const time = new AwakeTime();
    const watch = new Watch(time);
    let workloads: Workload[] = [];
    let probes: FailedProbes = new Map();
    let told = "";
    for (;;) {
      if (this.#commands.cancelled) {
        throw new UserError(
          `The wait for release ${rollout.release} was interrupted.`,
          "To go on, type: npx pulumi up",
        );
      }
      // The API server may be away for a moment, on a busy machine; then the last picture holds.
      workloads = await workloadsOf(namespace, rollout.release).catch(() => workloads);
      if (isSettled(workloads, rollout) && (await this.#isServed(urn, rollout))) return undefined;
      probes = await failedProbes(namespace).catch(() => probes);
      const elapsed = time.passed;
      const causes = causesOf(workloads, probes, performance.timeOrigin, rollout.clusterId !== undefined);
      const cause = watch.look(causes);
      if (cause !== undefined) return await explain(namespace, cause);
      if (elapsed > limit) return await explainDelay(namespace, workloads, causes, rollout, limit);
      await replaceStuck(namespace, workloads);
      // Where nobody watches a terminal, each line stays.
      const words = `${summary(workloads)} (${Math.floor(elapsed / 10_000) * 10} s)${delayOf(causes)}`;
      if (words !== told) this.#engine.progress(urn, words);
      told = words;
      await sleep(pause);
    }
  }

  /**
   * Whether the application answers at its URL. In a cluster of others the way there is not this stack's: name, load
   * balancer and certificate may come later, and are warned of.
   */
  async #isServed(urn: string, { url, answer, clusterId, namespace }: RolloutInputs): Promise<boolean> {
    if (await answers(url, answer)) return true;
    if (clusterId === undefined) return false;
    const look = `kubectl --namespace ${namespace} get ingress,httproute,service`;
    this.#engine.warn(
      urn,
      `Everything is ready, but ${url} does not answer from here yet. See what leads there: ${look}`,
    );
    return true;
  }

  /** Goes back to what ran before. Gives a line that says how that went. */
  async #rollBack(urn: string, rollout: RolloutInputs, namespace: Namespace, before: number): Promise<string> {
    const revision = await newestCopy(namespace, rollout, before);
    this.#engine.progress(urn, `going back to revision ${revision}`);
    const { namespace: name, kubeconfig, context } = rollout;
    const flags = ["--namespace", name, "--kubeconfig", kubeconfig, "--kube-context", context, "--timeout=60s"];
    const { ok, reason } = await this.#commands.run("helm", ["rollback", rollout.release, String(revision), ...flags]);
    if (!ok) return `\n  Going back to revision ${revision} failed too: ${reason}.`;
    const failure = await this.#wait(urn, rollout, namespace, 60_000);
    return failure === undefined
      ? `\n  The previous revision ${revision} runs again.`
      : `\n  The previous revision ${revision} was put back, but: ${failure.what}.`;
  }
}

async function isHealthy(rollout: RolloutInputs): Promise<boolean> {
  try {
    const workloads = await Namespace.use(rollout, (namespace) => workloadsOf(namespace, rollout.release));
    if (!isSettled(workloads, rollout)) return false;
    if (rollout.clusterId !== undefined) return true;
    // One answer that a busy machine gives too late is no reason to wait for the release again.
    return (await answers(rollout.url, rollout.answer)) || (await answers(rollout.url, rollout.answer));
  } catch {
    // A preview without access to a cluster of others plans nothing because of that.
    return rollout.clusterId !== undefined;
  }
}

function isSettled(workloads: Workload[], { nodeStarted }: RolloutInputs): boolean {
  if (workloads.length === 0) return false;
  const fresh = workloads.every(({ pods }) => pods.every((pod) => startedAfter(pod, nodeStarted)));
  return fresh && workloads.every(({ settled }) => settled);
}

/**
 * Deletes the pods for which a StatefulSet would wait for ever (kubernetes#67250): it replaces a pod of an older
 * revision only once that is ready, which one that is broken never gets.
 */
async function replaceStuck(namespace: Namespace, workloads: Workload[]): Promise<void> {
  for (const { metadata } of workloads.flatMap(({ stuck }) => stuck)) {
    // It may be gone, or the API server be away; then the next look will tell.
    await namespace.delete("v1", "pods", metadata?.name ?? "").catch(() => undefined);
  }
}

/** The newest revision that is what `before` is: each going back makes a copy, and Helm forgets old revisions. */
async function newestCopy(namespace: Namespace, { release, revision }: RolloutInputs, before: number): Promise<number> {
  const all = await revisionsOf(namespace, release).catch(() => []);
  const copies = all.filter(({ version, description }) => version < revision && description.startsWith("Rollback to "));
  return Math.max(before, ...copies.map(({ version }) => version));
}

async function explain(namespace: Namespace, cause: Cause): Promise<Failure> {
  if (!("pod" in cause)) return { what: `${cause.workload} ${cause.reason}`, lines: [] };
  const { pod, container, reason, previous } = cause;
  if (container === undefined) return { what: `pod ${pod} ${reason}`, lines: [] };
  return {
    what: `pod ${pod}, container ${container} ${reason}`,
    lines: await lastWords(namespace, pod, container, previous),
  };
}

async function explainDelay(
  namespace: Namespace,
  workloads: Workload[],
  causes: Cause[],
  { url }: RolloutInputs,
  limit: number,
): Promise<Failure> {
  const time = `after ${limit / 1000} seconds`;
  const cause = causes.find(waitsForNode) ?? causes[0];
  if (cause !== undefined) {
    const { what, lines } = await explain(namespace, cause);
    return { what: `${time} ${what}`, lines };
  }
  const late = workloads.find(({ settled }) => !settled);
  if (late !== undefined) {
    return { what: `${time} ${late.kind} ${late.name} has ${late.ready} of ${late.wanted} pods ready`, lines: [] };
  }
  return { what: `everything is ready, but ${url} does not answer ${time}`, lines: [] };
}

function summary(workloads: Workload[]): string {
  return workloads.map(({ name, ready, wanted }) => `${name} ${ready}/${wanted}`).join(", ");
}

/** Says why it takes so long, where a pod may wait for a node until the time is up. */
function delayOf(causes: Cause[]): string {
  const cause = causes.find(waitsForNode);
  return cause === undefined ? "" : `: ${cause.pod} ${cause.reason}`;
}
