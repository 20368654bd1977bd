import { isDeepStrictEqual } from "node:util";
import type { NamespaceRef } from "../cluster/kubernetes/kubernetes.ts";
import { Namespace } from "../cluster/kubernetes/kubernetes.ts";
import { driftFrom } from "./release-drift.ts";
import { currentRevisions, isUsable } from "./revisions.ts";
import type { Revision } from "./revisions.ts";

/** A release, and by what is known which of its revisions are this stack's. */
export interface ReleaseRef extends NamespaceRef {
  /** Name of the Helm release. */
  release: string;
  /** How the descriptions begin of revisions that this stack has made. */
  description: string;
}

/** What is looked at: a release that has to be installed is one that is not there, whatever Helm says. */
export interface Look {
  release: "as left" | "changed" | "gone";
  /** Objects that somebody has changed or deleted since, as `Deployment/backend`. */
  drift: string[];
  /** What somebody else has released over it. */
  note?: string;
}

/**
 * Looks at a release. That takes a third of a second, so it may begin before it is asked for. What was seen ahead
 * counts once, for the same release, and only until something is changed.
 */
export class ReleaseLook {
  #ahead: Promise<{ ref: ReleaseRef; look: Look } | undefined> | undefined;

  /** Begins to look at a release, once it is known which. What could not be seen is looked at again. */
  begin(ref: Promise<ReleaseRef | undefined>): void {
    const see = async (known: ReleaseRef | undefined): Promise<{ ref: ReleaseRef; look: Look } | undefined> =>
      known === undefined ? undefined : { ref: known, look: await lookAt(known) };
    this.#ahead = ref.then(see).catch(() => undefined);
  }

  /** Something is changed: what was seen before does not count. */
  forget(): void {
    this.#ahead = undefined;
  }

  /** What is to be seen. A cluster that cannot be asked: the release is taken to be there. */
  async take(ref: ReleaseRef): Promise<Look> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const seen = await ahead;
    if (seen !== undefined && isDeepStrictEqual(seen.ref, ref)) return seen.look;
    return await lookAt(ref).catch((): Look => ({ release: "as left", drift: [] }));
  }
}

async function lookAt(ref: ReleaseRef): Promise<Look> {
  return await Namespace.use(ref, async (namespace) => {
    const revisions = await currentRevisions(namespace, ref.release);
    if (!revisions.some(isUsable)) return { release: "gone", drift: [] };
    const deployed = revisions.find(({ status }) => status === "deployed");
    const isOurs = deployed?.description.startsWith(ref.description) === true;
    if (deployed !== undefined && !isOurs) return { release: "changed", drift: [], note: noteOn(deployed) };
    if (!isOurs || !revisions.every(isUsable)) return { release: "changed", drift: [] };
    return { release: "as left", drift: await driftFrom(deployed.manifest, namespace) };
  });
}

/** What a person is told who looks for the reason of an update. */
function noteOn({ version, description }: Revision): string {
  return `Released since the last \`up\`, and released over by this: revision ${version}, ${description}`;
}
