/** Merges values of a chart as Helm does, `over` over `under`. An Output is replaced as a whole. */
export function merge(under: object, over: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under, ...over };
  for (const [key, value] of Object.entries(under)) {
    if (isPlainObject(value) && isPlainObject(merged[key])) merged[key] = merge(value, merged[key]);
  }
  return merged;
}

/** An Output of Pulumi is an object of a class. */
const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
