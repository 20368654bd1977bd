import { readFileSync } from "node:fs";
import * as z from "zod";
import { nameOf } from "../snapshot.ts";
import type { Released, Snapshot } from "../snapshot.ts";

const objects = z.array(
  z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) }),
);

/** The objects of the release, from a file that the chart has rendered. No Secret is among them. */
export const readObjects = (file: string): Released => ({
  values: undefined,
  objects: objects.parse(JSON.parse(readFileSync(file, "utf8"))),
});

/** The label of a ConfigMap that says what was released. */
export const releasedLabel = "todo-stack/released";

/**
 * How old the release is that this controller knows, in milliseconds; undefined while there is another one, or none.
 * Helm makes the ConfigMap of a new release before anything else and deletes the old one last, so a release is never
 * undone while it is made.
 */
export const ageOfRelease = ({ configMaps, takenAt }: Snapshot, name: string): number | undefined => {
  const all = configMaps.filter(({ metadata }) => metadata?.labels?.[releasedLabel] !== undefined);
  const [own] = all;
  if (own === undefined || all.length > 1 || nameOf(own) !== name) return undefined;
  return takenAt - new Date(own.metadata?.creationTimestamp ?? 0).getTime();
};
