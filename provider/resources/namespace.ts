import { setTimeout as sleep } from "node:timers/promises";
import type { V1Namespace } from "@kubernetes/client-node";
import type { Commands } from "../processes/commands.ts";
import { contentsOf } from "../data-loss/contents.ts";
import type { Engine } from "../engine/engine-log.ts";
import { UserError } from "../processes/errors.ts";
import { ifThere, Namespace } from "../cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../cluster/kubernetes/kubernetes.ts";
import type { ContextRef } from "../cluster/kubernetes/kubeconfig.ts";
import { nextLife } from "./next-life.ts";
import type { Holder, LossGuard } from "../data-loss/loss.ts";
import { holdingOf, mustBeFor, ownerAnnotation } from "./namespace-owner.ts";
import { inputsInState } from "../engine/known-resources.ts";
import type { Difference, Resource } from "./resource.ts";

/** What the program says about a namespace. */
export interface NamespaceInputs extends ContextRef {
  /** Name of the namespace. */
  name: string;
  /** Its labels. */
  labels: Record<string, string>;
  /** The life of the cluster. */
  instance: string;
  /** By what the stack knows its own namespaces in a cluster that others use too: `PROJECT/STACK/RANDOM`. */
  owner?: string;
  holder?: Holder;
}

/** What is known about the namespace. */
export interface NamespaceState extends Omit<NamespaceInputs, "holder"> {
  /** Names one life of the namespace: that of the cluster, until the namespace is gone. Known in preview. */
  life: string;
}

/** How long a namespace may take to go, in milliseconds. */
const timeout = 120_000;
const managedBy = "app.kubernetes.io/managed-by";
const us = "todo-stack";
const backupFirst = "To keep them, first make a backup: docs/production.md says how.";
const replacement = "To replace it starts with an empty database";

/**
 * `minikube:index:Namespace`: a namespace in the stack's own cluster, or one of the stack's in a cluster that others
 * use too.
 *
 * Not the resource of Pulumi's Kubernetes plugin, which never looks whether it is still there, and refuses one that an
 * interrupted `up` has left or whose state was lost.
 */
export class NamespaceResource implements Resource<NamespaceInputs, NamespaceState, NamespaceState> {
  readonly #commands: Commands;
  readonly #engine: Engine;
  readonly #guard: LossGuard;
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;

  /** @param home Minikube's home, whose authority the cluster has. */
  constructor(commands: Commands, engine: Engine, guard: LossGuard, home: string, env: NodeJS.ProcessEnv) {
    this.#commands = commands;
    this.#engine = engine;
    this.#guard = guard;
    this.#home = home;
    this.#env = env;
  }

  async check(
    urn: string,
    olds: Partial<NamespaceState>,
    { holder, ...news }: NamespaceInputs,
  ): Promise<NamespaceState> {
    const isFirst = !this.#guard.hasSeen(urn);
    this.#guard.see(urn, holder, thingOf(news));
    const { life } = olds;
    const forced =
      life === undefined && isFirst ? (inputsInState(urn, this.#env) as NamespaceState | undefined) : undefined;
    if (forced !== undefined) {
      await this.#protect(urn, { ...news, life: forced.life }, replacement);
      // What is in it must be made again, which depends on its life.
      if (forced.instance === news.instance) return { ...news, life: nextLife(forced.life, news.instance, ".") };
    }
    // In a new cluster it is made anew anyhow.
    if (life === undefined || olds.instance !== news.instance) return { ...news, life: news.instance };
    return { ...news, life: (await isLost(news)) ? nextLife(life, news.instance, ".") : life };
  }

  async diff(urn: string, olds: NamespaceState, news: NamespaceState): Promise<Difference> {
    if (olds.name !== news.name) {
      // A new cluster has nothing of the old one's, and the cluster itself has been asked for.
      if (olds.instance === news.instance)
        await this.#protect(urn, olds, "A change of namespace starts with an empty database");
      return { changes: true, replaces: ["name"] };
    }
    const keys = ["instance", "kubeconfig", "context", "life"] as const;
    const labels = (state: NamespaceState): string => JSON.stringify(Object.entries(state.labels).toSorted());
    const changes = keys.some((key) => olds[key] !== news[key]) || labels(olds) !== labels(news);
    return { changes };
  }

  async create(urn: string, inputs: NamespaceState): Promise<{ id: string; state: NamespaceState }> {
    await this.#make(urn, inputs);
    return { id: inputs.name, state: inputs };
  }

  async read(_urn: string, state: NamespaceState): Promise<NamespaceState | undefined> {
    return (await isLost(state)) ? undefined : state;
  }

  async update(urn: string, _olds: NamespaceState, news: NamespaceState): Promise<NamespaceState> {
    await this.#make(urn, news);
    return news;
  }

  async delete(urn: string, state: NamespaceState): Promise<void> {
    if (this.#guard.hasOtherName(urn, thingOf(state))) {
      this.#engine.inform(urn, `The namespace ${state.name} is kept: the program registers it by another name now.`);
      return;
    }
    if (this.#guard.hasProgram) {
      const gone = `The program does not register the namespace ${state.name} any more`;
      await this.#protect(urn, state, this.#guard.hasSeen(urn) ? replacement : gone);
    }
    await Namespace.use(refOf(state), async (namespace) => {
      if (await this.#isKept(urn, state, namespace)) return;
      await namespace.remove();
      await this.#waitUntilGone(urn, state.name, namespace);
    });
  }

  /** @throws UserError in anything but a preview, when there are data to lose and nobody has agreed. */
  async #protect(urn: string, state: NamespaceState, cause: string): Promise<void> {
    const { name, context: profile, kubeconfig, life } = state;
    const found = await look(state);
    if (found === "gone") return;
    // Its own id, which no later namespace of the same name has.
    const which = found === "unknown" ? life : (found.metadata?.uid?.slice(0, 8) ?? life);
    const what = `${cause}: all data in the namespace ${name} of ${profile} will be lost.`;
    const id = `namespace/${name}/${which}`;
    if (state.clusterId !== undefined) {
      await this.#guard.protect(urn, { id, what, keep: backupFirst }, () => Promise.resolve(""));
      return;
    }
    const cluster = { home: this.#home, profile, kubeconfig };
    const contents = () => contentsOf(this.#commands, cluster, name, this.#guard.contents);
    await this.#guard.protect(urn, { id, what }, contents);
  }

  /** Whether a namespace of a cluster that others use too is not this stack's to delete. */
  async #isKept(urn: string, { name, owner }: NamespaceState, namespace: Namespace): Promise<boolean> {
    if (owner === undefined) return false;
    const found = await find(namespace);
    if (found === undefined || holdingOf(found, owner) === "own") return false;
    const what = "was not made by this stack, and is kept with the volumes in it";
    this.#engine.inform(urn, `The namespace ${name} ${what}: kubectl --namespace ${name} get persistentvolumeclaims`);
    return true;
  }

  async #make(urn: string, { labels, owner, ...inputs }: NamespaceState): Promise<void> {
    const { name } = inputs;
    await Namespace.use(refOf(inputs), async (namespace) => {
      const found = await find(namespace);
      if (isEnding(found)) await this.#waitUntilGone(urn, name, namespace);
      else if (found !== undefined && owner !== undefined) {
        mustBeFor(found, owner, inputs.context);
        if (holdingOf(found, owner) === "given") return;
      } else if (found !== undefined && found.metadata?.labels?.[managedBy] !== us) {
        throw new UserError(
          `There is a namespace ${name} that this stack has not made.`,
          "Choose another name: npx pulumi config set namespace NAME",
        );
      }
      await namespace.make(
        { ...labels, [managedBy]: us },
        owner === undefined ? undefined : { [ownerAnnotation]: owner },
      );
    });
  }

  async #waitUntilGone(urn: string, name: string, namespace: Namespace): Promise<void> {
    const begin = Date.now();
    this.#engine.progress(urn, "waiting until the old one is gone");
    for (;;) {
      const found = await find(namespace);
      if (found === undefined) return;
      if (this.#commands.cancelled) {
        throw new UserError(
          `The wait for the end of namespace ${name} was interrupted.`,
          "To go on, type: npx pulumi up",
        );
      }
      if (Date.now() - begin > timeout) {
        throw new UserError(
          `The deletion of namespace ${name} does not end: ${whatHolds(found)}`,
          "Remove what blocks it, such as an object's finalizer, then type: npx pulumi up",
        );
      }
      await sleep(500);
    }
  }
}

const refOf = ({ kubeconfig, context, home, clusterId, name }: ContextRef & { name: string }): NamespaceRef => ({
  kubeconfig,
  context,
  ...(home === undefined ? {} : { home }),
  ...(clusterId === undefined ? {} : { clusterId }),
  namespace: name,
});

/** Names what a resource of a namespace holds, see `LossGuard.see`. */
const thingOf = ({ context, name }: { context: string; name: string }): string => `namespace ${context} ${name}`;

const isEnding = (found: V1Namespace | undefined): boolean => found?.metadata?.deletionTimestamp !== undefined;

/** In a cluster that cannot be asked, the namespace is taken to be there. */
const isLost = async (inputs: NamespaceInputs): Promise<boolean> => (await look(inputs)) === "gone";

async function look(inputs: NamespaceInputs): Promise<V1Namespace | "gone" | "unknown"> {
  try {
    const found = await Namespace.use(refOf(inputs), find);
    return found === undefined || isEnding(found) ? "gone" : found;
  } catch {
    return "unknown";
  }
}

async function find(namespace: Namespace): Promise<V1Namespace | undefined> {
  return await ifThere(namespace.self<V1Namespace>());
}

/** Kubernetes says of what remains how many there are and which finalizers they wait for. */
function whatHolds({ status }: V1Namespace): string {
  const remaining = (status?.conditions ?? []).filter(
    (each) => each.status === "True" && /Remaining|Failure/.test(each.type),
  );
  return remaining.map(({ message = "" }) => message).join("; ") || "Kubernetes does not say why.";
}
