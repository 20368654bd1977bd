import { Namespace } from "./kubernetes.ts";
import type { NamespaceRef } from "./kubernetes.ts";
import type { Difference, Resource } from "./resource.ts";
import { currentRevisions } from "./revisions.ts";
import type { Revision } from "./revisions.ts";

/** What the program says about a release that should be in a cluster. */
export interface ReleasePresenceInputs extends NamespaceRef {
  /** Name of the Helm release. */
  release: string;
  /** How the descriptions begin of revisions that this stack has made. */
  description: string;
  /** The life of the cluster. */
  instance: string;
}

/** What is known about the release. Both additions are inputs, so that a preview knows them. */
export interface ReleasePresenceState extends ReleasePresenceInputs {
  /** Names one life of the release: that of the cluster, until the release is gone and must be installed anew. */
  life: string;
  /** Counts the times that the release was not as this stack had left it and must be applied again. */
  repairs: number;
}

type Look = "as left" | "changed" | "gone";

/**
 * `minikube:index:ReleasePresence`: whether a Helm release is as this stack has left it, at which `Release` never looks: it
 * may be uninstalled or rolled back, or be locked by a Helm that was killed.
 */
export class ReleasePresenceResource implements Resource<
  ReleasePresenceInputs,
  ReleasePresenceState,
  ReleasePresenceState
> {
  async check(
    _urn: string,
    olds: Partial<ReleasePresenceState>,
    news: ReleasePresenceInputs,
  ): Promise<ReleasePresenceState> {
    const { life = news.instance, repairs = 0 } = olds;
    // In a new cluster everything is made anew anyhow.
    if (olds.instance !== news.instance) return { ...news, life: news.instance, repairs: 0 };
    const look = await lookAt(news);
    return {
      ...news,
      life: look === "gone" ? nextLife(life) : life,
      repairs: look === "changed" ? repairs + 1 : repairs,
    };
  }

  diff(_urn: string, olds: ReleasePresenceState, news: ReleasePresenceState): Promise<Difference> {
    const keys = ["instance", "kubeconfig", "namespace", "release", "description", "life", "repairs"] as const;
    return Promise.resolve({ changes: keys.some((key) => olds[key] !== news[key]) });
  }

  create(_urn: string, inputs: ReleasePresenceState): Promise<{ id: string; state: ReleasePresenceState }> {
    return Promise.resolve({ id: inputs.release, state: inputs });
  }

  read(_urn: string, state: ReleasePresenceState): Promise<ReleasePresenceState> {
    return Promise.resolve(state);
  }

  async update(_urn: string, olds: ReleasePresenceState, news: ReleasePresenceState): Promise<ReleasePresenceState> {
    if (olds.instance === news.instance) await unlock(news);
    return news;
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }
}

/** `abc`, `abc.1`, `abc.2` */
function nextLife(life: string): string {
  const [instance = "", count = "0"] = life.split(".");
  return `${instance}.${Number(count) + 1}`;
}

async function lookAt(release: ReleasePresenceInputs): Promise<Look> {
  try {
    const revisions = await inNamespace(release, (namespace) => currentRevisions(namespace, release.release));
    if (!revisions.some(isUsable)) return "gone";
    const { description = "" } = revisions.find(({ status }) => status === "deployed") ?? {};
    return revisions.every(isUsable) && description.startsWith(release.description) ? "as left" : "changed";
  } catch {
    // A cluster that cannot be asked: the release is taken to be there.
    return "as left";
  }
}

/** Removes the records of what was never finished, because of which Helm refuses to do anything more. */
async function unlock(release: ReleasePresenceInputs): Promise<void> {
  await inNamespace(release, async (namespace) => {
    for (const revision of await currentRevisions(namespace, release.release)) {
      if (!isUsable(revision)) await namespace.delete("v1", "secrets", revision.secret);
    }
  });
}

/** Whether Helm can go on from a revision. */
const isUsable = ({ status }: Revision): boolean => status === "deployed" || status === "failed";

async function inNamespace<T>(ref: NamespaceRef, use: (namespace: Namespace) => Promise<T>): Promise<T> {
  const namespace = await Namespace.open(ref);
  try {
    return await use(namespace);
  } finally {
    namespace.close();
  }
}
