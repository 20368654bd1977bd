import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMapping, secretSignature, signatureKey, unknown } from "./engine/marks.ts";

/** The type of a property in Pulumi's package schema. */
export interface PropertySchema {
  type?: "string" | "integer" | "boolean" | "array" | "object";
  $ref?: string;
  items?: PropertySchema;
  additionalProperties?: PropertySchema;
  description?: string;
}

/** As much of Pulumi's package schema as this provider uses. */
export interface PackageSchema {
  name: string;
  version: string;
  description: string;
  license: string;
  types: Record<
    string,
    { type: "object"; description?: string; properties: Record<string, PropertySchema>; required: string[] }
  >;
  resources: Record<
    string,
    {
      description?: string;
      inputProperties: Record<string, PropertySchema>;
      requiredInputs: string[];
      properties: Record<string, PropertySchema>;
      required: string[];
    }
  >;
}

/** The text of schema.json, which `pulumi package add` makes an SDK from. */
export const readSchema = (): string => readFileSync(join(import.meta.dirname, "schema.json"), "utf8");

/**
 * What is wrong with the inputs of a resource: the property, and why, to follow its name. Values that a preview cannot
 * know yet are right.
 */
export function problemsOf(schema: PackageSchema, type: string, inputs: object): [property: string, reason: string][] {
  const resource = schema.resources[type];
  if (resource === undefined) return [];
  const { inputProperties: properties, requiredInputs: required } = resource;
  return problemsIn(schema, { properties, required }, inputs);
}

interface ObjectSchema {
  properties: Record<string, PropertySchema>;
  required: string[];
}

function problemsIn(schema: PackageSchema, { properties, required }: ObjectSchema, values: object): [string, string][] {
  const missing = required.filter((name) => !(name in values)).map((name): [string, string] => [name, "is missing"]);
  const wrong = Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const property = properties[name];
    if (property === undefined)
      return [[name, `is not an input; the inputs are: ${Object.keys(properties).join(", ")}`]];
    return problemsWith(schema, property, value).map(([inner, reason]) => [`${name}${inner}`, reason]);
  });
  return [...missing, ...wrong];
}

/** Each with where it is in the value: `.path`, `[0]`, or nothing. */
function problemsWith(schema: PackageSchema, property: PropertySchema, marked: unknown): [string, string][] {
  const value = plain(marked);
  if (value === unknown || value === null) return [];
  const { $ref, items, additionalProperties, type } = property;
  if ($ref !== undefined) {
    const named = schema.types[$ref.replace("#/types/", "")];
    if (named === undefined) return [];
    if (!isMapping(value)) return [["", "must be an object"]];
    return problemsIn(schema, named, value).map(([inner, reason]) => [`.${inner}`, reason]);
  }
  if (type === "array") {
    if (!Array.isArray(value)) return [["", "must be a list"]];
    return value.flatMap((each, index) =>
      problemsWith(schema, items ?? {}, each).map(([inner, reason]): [string, string] => [
        `[${index}]${inner}`,
        reason,
      ]),
    );
  }
  if (type === "object") {
    if (!isMapping(value)) return [["", "must be an object"]];
    return Object.entries(value).flatMap(([key, each]) =>
      problemsWith(schema, additionalProperties ?? {}, each).map(([inner, reason]): [string, string] => [
        `.${key}${inner}`,
        reason,
      ]),
    );
  }
  if (type === "integer") return Number.isInteger(value) ? [] : [["", "must be a whole number"]];
  if (type === "boolean") return typeof value === "boolean" ? [] : [["", "must be true or false"]];
  if (type === "string") return typeof value === "string" ? [] : [["", "must be a text"]];
  return [];
}

/** A secret is an object around its value. */
const plain = (value: unknown): unknown =>
  isMapping(value) && value[signatureKey] === secretSignature ? value["value"] : value;
