import { isDeepStrictEqual } from "node:util";
import { isMapping, unknown } from "../../provider/engine/marks.ts";
import type { Properties, Value } from "./properties.ts";

/** How one property changes. */
export type Change = "add" | "delete" | "update";

/** Changes by property path, such as `metadata.labels["a.b"]`, in Pulumi's notation. */
export type Changes = Record<string, Change>;

/** A path inside properties. */
export type Path = (string | number)[];

/**
 * Compares what was asked for with what is there.
 *
 * Only what the inputs name is compared: what the server added on its own is no change. An unknown is always a change.
 * @param actual the state as last seen.
 * @param wanted the new inputs.
 * @param before the old inputs: what they named and the new ones do not is deleted.
 */
export function compare(actual: Properties, wanted: Properties, before: Properties, path: Path = []): Changes {
  const changes: Changes = {};
  for (const [key, value] of Object.entries(wanted))
    Object.assign(changes, compareValue(actual[key], value, before[key], [...path, key]));
  for (const key of Object.keys(before))
    if (!(key in wanted) && actual[key] !== undefined) changes[notation([...path, key])] = "delete";
  return changes;
}

function compareValue(actual: Value | undefined, wanted: Value, before: Value | undefined, path: Path): Changes {
  if (wanted === null && (actual === null || actual === undefined)) return {};
  if (actual === undefined) return { [notation(path)]: "add" };
  if (wanted === unknown) return { [notation(path)]: "update" };
  if (isMapping(actual) && isMapping(wanted)) return compare(actual, wanted, isMapping(before) ? before : {}, path);
  if (Array.isArray(actual) && Array.isArray(wanted)) return compareLists(actual, wanted, path);
  return isDeepStrictEqual(actual, wanted) ? {} : { [notation(path)]: "update" };
}

function compareLists(actual: Value[], wanted: Value[], path: Path): Changes {
  const changes: Changes = {};
  wanted.forEach((value, index) =>
    Object.assign(changes, compareValue(actual[index], value, actual[index], [...path, index])),
  );
  for (let index = wanted.length; index < actual.length; index++) changes[notation([...path, index])] = "delete";
  return changes;
}

/** Writes a path in Pulumi's notation. */
export function notation(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/[."[\]]/.test(part)) text += `["${part.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** Whether a changed path is one of the named properties or inside one. */
export const isWithin = (path: string, properties: readonly string[]): boolean =>
  properties.some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
