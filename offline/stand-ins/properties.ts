import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { isMapping, secretSignature, signatureKey, unknown } from "../../provider/engine/marks.ts";

/** A property as it travels between engine and plugin. */
export type Value = null | boolean | number | string | Value[] | Properties;

/** The properties of a resource. */
export interface Properties {
  [key: string]: Value;
}

/** Marks a value as secret; a secret of a secret is one secret. */
export const secret = (value: Value): Properties =>
  isSecret(value) ? value : { [signatureKey]: secretSignature, value };

/** Whether the value itself is marked as secret. */
export const isSecret = (value: Value | undefined): value is Properties =>
  isMapping(value) && value[signatureKey] === secretSignature;

/** The value without any secret mark, at any depth. */
export function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isMapping(value)) return value;
  return isSecret(value) ? reveal(value["value"] ?? null) : revealAll(value);
}

/** The properties without any secret mark, at any depth. */
export const revealAll = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reveal(value)]));

/** Whether any part of the value is unknown. */
export const hasUnknowns = (value: Value): boolean => contains(value, (part) => part === unknown);

/** Whether any part of the value is secret. */
export const hasSecrets = (value: Value): boolean => contains(value, isSecret);

function contains(value: Value, matches: (part: Value) => boolean): boolean {
  if (matches(value)) return true;
  if (Array.isArray(value)) return value.some((item) => contains(item, matches));
  return isMapping(value) && Object.values(value).some((item) => contains(item, matches));
}

/** The object at a key, without its secret mark; empty when there is none. */
export function objectAt(properties: Properties, key: string): Properties {
  const value = properties[key];
  const revealed = isSecret(value) ? value["value"] : value;
  return isMapping(revealed) ? revealed : {};
}

/** The text at a key, or undefined when it is missing, empty or unknown. */
export function textAt(properties: Properties, key: string): string | undefined {
  const value = reveal(properties[key] ?? null);
  return typeof value === "string" && value !== "" && value !== unknown ? value : undefined;
}

/** Any value as one text: a text as it is, anything else as JSON. */
export const asText = (value: Value | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

/** Gives each output the secretness of the input of the same name, object by object. */
export function keepSecrets(outputs: Properties, inputs: Properties): Properties {
  const marked = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (output === undefined) continue;
    if (isMapping(output) && isMapping(input) && !isSecret(input) && !isSecret(output))
      marked[key] = keepSecrets(output, input);
    else if (hasSecrets(input)) marked[key] = secret(output);
  }
  return marked;
}

/** Reads a protobuf struct. */
export const fromStruct = (message: Struct | undefined): Properties => message?.toJavaScript() ?? {};

/** Writes a protobuf struct. */
export const toStruct = (properties: Properties): Struct => struct.Struct.fromJavaScript(properties);
