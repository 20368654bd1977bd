import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import type { Revision } from "../../provider/diagnosis/revisions.ts";
import { ifThere } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";

/** As much of an object of a release as is read here. */
interface Released {
  kind: string;
  metadata: { name: string };
  spec?: { template?: { spec?: PodSpec }; volumeClaimTemplates?: unknown };
}

interface PodSpec {
  initContainers?: Container[];
  containers?: Container[];
}

interface Container {
  name: string;
  image?: string;
  command?: unknown;
  args?: unknown;
  env?: unknown;
}

/** The images of the application in a revision, as `todo-backend:0123`. */
export const imagesOf = ({ manifest }: Revision): string[] => {
  const images = objectsOf(manifest).flatMap((object) => containersOf(object).map(({ image = "" }) => image));
  const names = images.map((image) => image.split("/").at(-1) ?? "").filter((name) => name.startsWith("todo-"));
  return [...new Set(names)].toSorted();
};

/**
 * Why nobody can go back to a revision without bringing up the program of that time.
 * @param current the revision that runs.
 * @returns undefined when nothing is in the way.
 */
export const obstacleTo = async (
  revision: Revision,
  current: Revision,
  namespace: Namespace,
): Promise<string | undefined> => {
  if (!["superseded", "deployed"].includes(revision.status)) return `it is ${revision.status}, and never ran`;
  if (!/^(chart |Rollback to )/.test(revision.description)) return "another program than this one has released it";
  if (imagesOf(revision).some((image) => image.includes(":development-"))) {
    return "it was released by npm run dev, and its images hold no code";
  }
  if (!isDeepStrictEqual(databaseOf(revision), databaseOf(current))) {
    return "its database is another one than that which runs, and a rollback leaves the database alone";
  }
  const missing = await missingSecrets(revision, namespace);
  if (missing.length > 0) return `it needs what was renewed or removed since: the Secret ${missing.join(", ")}`;
  return undefined;
};

/** What decides of the data of a release: what opens them, by which programs and settings, and where they are. */
const databaseOf = ({ manifest }: Revision): object[] =>
  objectsOf(manifest)
    .filter(({ kind }) => kind === "StatefulSet" || kind === "PersistentVolumeClaim")
    .map((object) => ({
      name: object.metadata.name,
      claims: object.spec?.volumeClaimTemplates,
      containers: containersOf(object).map(({ name, image, command, args, env }) => ({
        name,
        image,
        command,
        args,
        env,
      })),
    }));

const missingSecrets = async (revision: Revision, namespace: Namespace): Promise<string[]> => {
  const names = [...new Set(objectsOf(revision.manifest).flatMap((object) => secretsIn(object.spec?.template?.spec)))];
  const found = await Promise.all(names.map((name) => isThere(namespace, name)));
  return names.filter((_, index) => found[index] === false);
};

/** The Secrets that a pod cannot start without, wherever in its specification they stand. */
const secretsIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === "imagePullSecrets" && Array.isArray(inner)) return inner.flatMap((each) => nameIn(each));
    if (["secret", "secretRef", "secretKeyRef"].includes(key)) return nameIn(inner);
    return secretsIn(inner);
  });
};

const nameIn = (reference: unknown): string[] => {
  const { name, secretName, optional } = reference as { name?: string; secretName?: string; optional?: boolean };
  const found = name ?? secretName;
  return found === undefined || optional === true ? [] : [found];
};

const isThere = async (namespace: Namespace, name: string): Promise<boolean> =>
  (await ifThere(namespace.get("v1", "secrets", name))) !== undefined;

const containersOf = ({ spec }: Released): Container[] => {
  const { initContainers = [], containers = [] } = spec?.template?.spec ?? {};
  return [...initContainers, ...containers];
};

const objectsOf = (manifest: string): Released[] =>
  // As Helm reads it: 0440 is octal.
  parseAllDocuments(manifest, { version: "1.1" }).flatMap((document) => {
    const object = document.toJS() as Released | null;
    return object?.kind === undefined ? [] : [object];
  });
