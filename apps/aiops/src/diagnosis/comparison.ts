import type { KubernetesObject } from "@kubernetes/client-node";
import { isSameQuantity } from "./quantity.ts";
import type { ObjectRef, ReleasedObject, Snapshot } from "./snapshot.ts";

/** An object that is not as it was released. */
export interface Drift {
  object: ObjectRef;
  released: ReleasedObject;
  /** Whether it is not there at all. */
  missing: boolean;
  fields: Difference[];
}

/** A field that is not as released. */
export interface Difference {
  /** The names, or the places in a list, that lead to it. */
  path: string[];
  /** Undefined when it should not be there. */
  wanted: unknown;
  actual: unknown;
}

/** Writes the fields for people: `spec.replicas`. */
export const fieldNames = (fields: Difference[]): string[] => fields.map(({ path }) => path.join("."));

type Compared = Pick<
  Snapshot,
  "released" | "deployments" | "statefulSets" | "services" | "networkPolicies" | "configMaps"
>;

/** Compares the objects that were released with those that are there, as far as both are known. */
export const driftOf = (snapshot: Compared): Drift[] =>
  (snapshot.released?.objects ?? []).flatMap((released): Drift[] => {
    const all = collectionOf(released.kind, snapshot);
    if (all === undefined) return [];
    const object = { kind: released.kind, name: released.metadata.name };
    const actual = all.find(({ metadata }) => metadata?.name === object.name);
    if (actual === undefined) return [{ object, released, missing: true, fields: [] }];
    const fields = differences(released, actual);
    return fields.length === 0 ? [] : [{ object, released, missing: false, fields }];
  });

/** The object as it was seen; undefined where it is not there, or is of a kind that is never changed. */
export const objectIn = ({ kind, name }: ObjectRef, snapshot: Compared): KubernetesObject | undefined =>
  collectionOf(kind, snapshot)?.find(({ metadata }) => metadata?.name === name);

const collectionOf = (kind: string, snapshot: Compared): KubernetesObject[] | undefined => {
  switch (kind) {
    case "Deployment":
      return snapshot.deployments;
    case "StatefulSet":
      return snapshot.statefulSets;
    case "Service":
      return snapshot.services;
    case "NetworkPolicy":
      return snapshot.networkPolicies;
    case "ConfigMap":
      return snapshot.configMaps;
    default:
      return undefined;
  }
};

/** Fields that only say who made the object, or that lists of the API leave out. */
const aside = new Set(["apiVersion", "kind", "status"]);

/** The fields of `wanted` that are not so in `actual`. What `actual` has besides is what the server fills in. */
export const differences = (wanted: ReleasedObject, actual: object): Difference[] =>
  Object.entries(wanted)
    .filter(([key]) => !aside.has(key))
    .flatMap(([key, value]) => differ(value, fieldOf(actual, key), [key]));

/** Whether a field is as it was written; the server may have filled in more. */
export const isAsWritten = (wanted: unknown, actual: unknown): boolean => differ(wanted, actual, []).length === 0;

const differ = (wanted: unknown, actual: unknown, path: string[]): Difference[] => {
  if (isEmpty(wanted) && isEmpty(actual)) return [];
  const whole = [{ path, wanted, actual }];
  if (Array.isArray(wanted)) {
    // A list is a whole: a rule or a container more is a difference.
    if (!Array.isArray(actual) || wanted.length !== actual.length) return whole;
    return wanted.flatMap((part, index) => differ(part, actual[index], [...path, String(index)]));
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof actual !== "object" || actual === null) return whole;
    // A selector with a label more selects something else.
    const more = isWhole(path) ? Object.entries(actual).filter(([key]) => !(key in wanted)) : [];
    return [
      ...Object.entries(wanted).flatMap(([key, value]) => differ(value, fieldOf(actual, key), [...path, key])),
      ...more.map(([key, value]) => ({ path: [...path, key], wanted: undefined, actual: value as unknown })),
    ];
  }
  if (String(wanted) === String(actual)) return [];
  const isSame = isQuantity(path) && isSameQuantity(String(wanted), String(actual));
  return isSame ? [] : whole;
};

/** Fields that the API may write in another form: `0.5` as `500m`. */
const isQuantity = (path: string[]): boolean =>
  ["limits", "requests"].includes(path.at(-2) ?? "") || path.at(-1) === "sizeLimit";

/** Mappings in which the server fills in nothing. */
const isWhole = (path: string[]): boolean => {
  const last = path.at(-1) ?? "";
  return (
    path.join(".") === "data" || path.join(".") === "spec.selector" || ["matchLabels", "nodeSelector"].includes(last)
  );
};

const fieldOf = (object: object, key: string): unknown => (object as Record<string, unknown>)[key];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && !(value instanceof Date) && Object.keys(value).length === 0);
