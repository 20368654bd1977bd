import type { Commands } from "../processes/commands.ts";
import { driftFrom } from "../diagnosis/drift.ts";
import type { Engine } from "../engine/engine-log.ts";
import { isKnown } from "../engine/known-resources.ts";
import { Namespace } from "../cluster/kubernetes.ts";
import type { NamespaceRef } from "../cluster/kubernetes.ts";
import { nextLife } from "./next-life.ts";
import { mustBeOwnRelease, uninstall } from "./release-removal.ts";
import type { Difference, Resource } from "./resource.ts";
import { currentRevisions, forgetRevisions } from "../diagnosis/revisions.ts";
import type { Revision } from "../diagnosis/revisions.ts";

/** What the program says about a release that should be in a cluster. */
export interface ReleasePresenceInputs extends NamespaceRef {
  /** Name of the Helm release. */
  release: string;
  /** How the descriptions begin of revisions that this stack has made. */
  description: string;
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

/** What is looked at: a release that has to be installed is one that is not there, whatever Helm says. */
interface Look {
  release: "as left" | "changed" | "gone";
  /** Objects that somebody has changed or deleted since, as `Deployment/todo-backend`. */
  drift: string[];
  /** What somebody else has released over it. */
  note?: string;
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

  /** @param env says where Pulumi keeps its state. */
  constructor(engine: Engine, env: NodeJS.ProcessEnv, commands: Commands) {
    this.#engine = engine;
    this.#env = env;
    this.#commands = commands;
  }

  async check(
    urn: string,
    olds: Partial<ReleasePresenceState>,
    news: ReleasePresenceInputs,
  ): Promise<ReleasePresenceState> {
    const { life = news.instance, repairs = 0 } = olds;
    // In a new namespace everything is made anew anyhow.
    if (olds.instance !== news.instance) return { ...news, life: news.instance, repairs: 0 };
    const { release, drift, note } = (await isForgotten(urn, this.#env)) ? forgotten : await lookAt(news);
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

/** Without Helm's records the next install takes the objects over as they run. */
const forgotten: Look = { release: "gone", drift: [] };

/**
 * Whether the release itself is not in Pulumi's state any more, though this resource is. Helm would refuse its name.
 */
const isForgotten = async (urn: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  (await isKnown(urn, "kubernetes:helm.sh/v3:Release", env)) === false;

async function lookAt(ref: ReleasePresenceInputs): Promise<Look> {
  try {
    return await Namespace.use(ref, async (namespace) => {
      const revisions = await currentRevisions(namespace, ref.release);
      if (!revisions.some(isUsable)) return { release: "gone", drift: [] };
      const deployed = revisions.find(({ status }) => status === "deployed");
      const isOurs = deployed?.description.startsWith(ref.description) === true;
      if (deployed !== undefined && !isOurs) return { release: "changed", drift: [], note: noteOn(deployed) };
      if (!isOurs || !revisions.every(isUsable)) return { release: "changed", drift: [] };
      return { release: "as left", drift: await driftFrom(deployed.manifest, namespace) };
    });
  } catch {
    // A cluster that cannot be asked: the release is taken to be there.
    return { release: "as left", drift: [] };
  }
}

/** What a person is told who looks for the reason of an update. */
function noteOn({ version, description }: Revision): string {
  return `Released since the last \`up\`, and released over by this: revision ${version}, ${description}`;
}

/** Removes the records of what was never finished, because of which Helm refuses to do anything more. */
async function unlock(namespace: Namespace, release: string): Promise<void> {
  for (const revision of await currentRevisions(namespace, release)) {
    if (!isUsable(revision)) await namespace.delete("v1", "secrets", revision.secret);
  }
}

/** Whether Helm can go on from a revision. */
const isUsable = ({ status }: Revision): boolean => status === "deployed" || status === "failed";
