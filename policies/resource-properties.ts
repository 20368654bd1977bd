import { Secret } from "@pulumi/policy";
import { isObject, shownUnknown, unknown } from "../provider/engine/marks.ts";

/** The properties of a resource. */
export type Properties = Record<string, unknown>;

/**
 * Gives the properties as they are, down to what is secret and what is unknown. The properties that a policy is given
 * throw at an unknown value, which would end the policy before it has seen the rest, and hide what is secret.
 */
export function raw(properties: Properties): Properties {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(properties));
  return Object.fromEntries(descriptors.map(([key, { value }]) => [key, value as unknown]));
}

/**
 * Gives the objects of a `minikube:index:Manifests`, of which each is JSON, with what is unknown in them as Pulumi has
 * it.
 */
export function objectsOf(properties: Properties): Properties {
  const { objects } = properties;
  if (!isObject(objects)) return {};
  const known = (_key: string, value: unknown): unknown => (value === shownUnknown ? unknown : value);
  const tree = (object: unknown): unknown => (typeof object === "string" ? JSON.parse(object, known) : object);
  return Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, tree(object)]));
}

/** A value somewhere in the properties of a resource. */
export interface Part {
  /** Where it is, such as `values.frontend.service.nodePort`. */
  path: string;
  /** The last word of the path; for an item of the kind `{ name, value }`, as an environment variable, its name. */
  name: string;
  value: unknown;
}

/** Every value in the properties, at any depth, but not in what is secret. */
export function* partsOf(value: unknown, path = "", name = ""): Generator<Part> {
  if (path !== "") yield { path, name, value };
  if (!isObject(value) || value instanceof Secret) return;
  for (const [key, part] of Object.entries(value)) {
    const itemName = key === "value" && typeof value["name"] === "string" ? value["name"] : key;
    yield* partsOf(part, path === "" ? key : `${path}.${key}`, itemName);
  }
}
