import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { ApiError } from "../cluster/kubernetes/kubernetes.ts";
import type { KubernetesObject, Namespace } from "../cluster/kubernetes/kubernetes.ts";
import { currentRevisions } from "./revisions.ts";

/** What of a release has drifted; undefined when nothing of that name is deployed. */
export async function driftOf(namespace: Namespace, release: string): Promise<string[] | undefined> {
  const revisions = await currentRevisions(namespace, release);
  const deployed = revisions.find(({ status }) => status === "deployed");
  return deployed === undefined ? undefined : await driftFrom(deployed.manifest, namespace);
}

/**
 * Compares the objects of a manifest with those in a namespace.
 *
 * The API server itself says what each would be if the manifest were applied, without applying it. So a value that it
 * writes in another way is no difference, nor is what others have added.
 * @param manifest YAML, as Helm keeps it.
 * @returns those that are gone or differ, as `Deployment/backend`.
 */
export async function driftFrom(manifest: string, namespace: Namespace): Promise<string[]> {
  // As Helm reads it: 0440 is octal.
  const objects = parseAllDocuments(manifest, { version: "1.1" }).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    return object?.kind === undefined ? [] : [object];
  });
  const changed = await Promise.all(objects.map((object) => hasDrifted(object, namespace)));
  return objects.filter((_, index) => changed[index]).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

async function hasDrifted(object: KubernetesObject, namespace: Namespace): Promise<boolean> {
  const { apiVersion, kind, metadata } = object;
  try {
    const actual = await namespace.get<KubernetesObject>(apiVersion, pluralOf(kind), metadata.name);
    const wanted = await namespace.tryApply(pluralOf(kind), object);
    return !isDeepStrictEqual(contentOf(actual), contentOf(wanted));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return true;
    throw error;
  }
}

/** Kubernetes' own rule for the names of its collections. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith("y")) return `${name.slice(0, -1)}ies`;
  return name.endsWith("s") ? `${name}es` : `${name}s`;
}

/** An object without what the server counts and notes. */
function contentOf({ metadata, ...rest }: KubernetesObject): object {
  const { managedFields: _who, generation: _count, resourceVersion: _version, ...kept } = metadata;
  return { ...rest, metadata: kept, status: undefined };
}
