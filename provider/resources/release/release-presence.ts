import type { Commands } from "../../processes/commands.ts";
import type { Engine } from "../../engine/engine-log.ts";
import { inputsOf, isKnown } from "../../engine/known-resources.ts";
import { Namespace } from "../../cluster/kubernetes/kubernetes.ts";
import { nextLife } from "../next-life.ts";
import { mustBeOwnRelease, uninstall } from "./release-removal.ts";
import type { Difference, Resource } from "../resource.ts";
import { ReleaseLook } from "../../diagnosis/release-look.ts";
import type { Look, ReleaseRef } from "../../diagnosis/release-look.ts";
import { currentRevisions, forgetRevisions, isUsable } from "../../diagnosis/revisions.ts";

/** What the program says about a release that should be in a cluster. */
export interface ReleasePresenceInputs extends ReleaseRef {
  /** The life of the namespace. */
  instance: string;
}

/** What is known about the release. Both additions are inputs, so that a preview knows them. */
export interface ReleasePresenceState extends ReleasePresenceInputs {
  /** Names one life of the release: that of the namespace, until the release is gone and must be installed anew. */
  life: string;
  /** Counts the times that the release was not as this stack had left it and must be applied again. */
  repairs: number;
}

/**
 * `minikube:index:ReleasePresence`: whether a Helm release is as this stack has left it, at which `Release` never
 * looks: it may be uninstalled or rolled back, be locked by a Helm that was killed, or its objects may have been
 * edited.
 */
export class ReleasePresenceResource implements Resource<
  ReleasePresenceInputs,
  ReleasePresenceState,
  ReleasePresenceState
> {
  readonly #engine: Engine;
  readonly #env: NodeJS.ProcessEnv;
  readonly #commands: Commands;
  readonly #look: ReleaseLook;

  /** @param env says where Pulumi keeps its state. @param look may have begun to look at the release. */
  constructor(engine: Engine, env: NodeJS.ProcessEnv, commands: Commands, look: ReleaseLook = new ReleaseLook()) {
    this.#engine = engine;
    this.#env = env;
    this.#commands = commands;
    this.#look = look;
  }

  async check(
    urn: string,
    olds: Partial<ReleasePresenceState>,
    news: ReleasePresenceInputs,
  ): Promise<ReleasePresenceState> {
    const { life = news.instance, repairs = 0 } = olds;
    // In a new namespace everything is made anew anyhow.
    if (olds.instance !== news.instance) return { ...news, life: news.instance, repairs: 0 };
    const { release, drift, note } = isForgotten(urn, this.#env) ? forgotten : await this.#look.take(news);
    if (note !== undefined) this.#engine.inform(urn, note);
    if (drift.length > 0)
      this.#engine.inform(urn, `Changed since the last \`up\`, and put back by this one: ${drift.join(", ")}`);
    return {
      ...news,
      life: release === "gone" ? nextLife(life, news.instance, "/") : life,
      repairs: release === "changed" || drift.length > 0 ? repairs + 1 : repairs,
    };
  }

  diff(_urn: string, olds: ReleasePresenceState, news: ReleasePresenceState): Promise<Difference> {
    const keys = [
      "instance",
      "kubeconfig",
      "context",
      "namespace",
      "release",
      "description",
      "life",
      "repairs",
    ] as const;
    return Promise.resolve({ changes: keys.some((key) => olds[key] !== news[key]) });
  }

  async create(_urn: string, inputs: ReleasePresenceState): Promise<{ id: string; state: ReleasePresenceState }> {
    if (inputs.clusterId !== undefined) await mustBeOwnRelease(inputs);
    // What this stack has released and does not know any more: without its records Helm takes the objects over.
    await Namespace.use(inputs, (namespace) => forgetRevisions(namespace, inputs.release));
    return { id: inputs.release, state: inputs };
  }

  read(_urn: string, state: ReleasePresenceState): Promise<ReleasePresenceState> {
    return Promise.resolve(state);
  }

  async update(_urn: string, olds: ReleasePresenceState, news: ReleasePresenceState): Promise<ReleasePresenceState> {
    // In a new namespace there is nothing to clear away.
    if (olds.instance !== news.instance) return news;
    await Namespace.use(news, (namespace) =>
      olds.life === news.life ? unlock(namespace, news.release) : forgetRevisions(namespace, news.release),
    );
    return news;
  }

  /**
   * In the stack's own cluster the release goes with that. In a cluster of others a namespace may stay, and the release
   * must not.
   */
  async delete(_urn: string, state: ReleasePresenceState): Promise<void> {
    if (state.clusterId === undefined) return;
    await uninstall(this.#commands, state);
  }
}

/**
 * The release that Pulumi's state knows of this stack; undefined where it knows none, or nobody can say.
 * @param urn of any resource of the stack.
 */
export const releaseInState = (urn: string, env: NodeJS.ProcessEnv): ReleasePresenceInputs | undefined => {
  const type = "minikube:index:ReleasePresence";
  const [inputs] = (inputsOf(urn, type, env) ?? []) as ReleasePresenceState[];
  if (inputs === undefined) return undefined;
  const { life: _life, repairs: _repairs, ...ref } = inputs;
  return ref;
};

/** Without Helm's records the next install takes the objects over as they run. */
const forgotten: Look = { release: "gone", drift: [] };

/**
 * Whether the release itself is not in Pulumi's state any more, though this resource is. Helm would refuse its name.
 */
const isForgotten = (urn: string, env: NodeJS.ProcessEnv): boolean =>
  isKnown(urn, "kubernetes:helm.sh/v3:Release", env) === false;

/** Removes the records of what was never finished, because of which Helm refuses to do anything more. */
async function unlock(namespace: Namespace, release: string): Promise<void> {
  for (const revision of await currentRevisions(namespace, release)) {
    if (!isUsable(revision)) await namespace.delete("v1", "secrets", revision.secret);
  }
}
