import * as pulumi from "@pulumi/pulumi";

/** Merges values of a chart as Helm does, `over` over `under`. What the program knows only later is no mapping to look into. */
export function merge(under: object, over: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under, ...over };
  for (const [key, value] of Object.entries(under)) {
    if (isKnownMapping(value) && isKnownMapping(merged[key])) merged[key] = merge(value, merged[key]);
  }
  return merged;
}

/** Whether a value has named parts. */
export const isMapping = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isKnownMapping = (value: unknown): value is object => isMapping(value) && !pulumi.Output.isInstance(value);
