import { readFileSync } from "node:fs";
import type { V1ConfigMap } from "@kubernetes/client-node";
import * as z from "zod";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Released, Snapshot } from "../diagnosis/snapshot.ts";

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

const recordsIn = ({ configMaps }: Snapshot): V1ConfigMap[] =>
  configMaps.filter(({ metadata }) => metadata?.labels?.[releasedLabel] !== undefined);

/**
 * What is seen by a controller that knows the release of this name. Once there is another one, what that one changes
 * has not drifted: nothing is compared then with what was released before.
 */
export const asReleased = (snapshot: Snapshot, name: string): Snapshot =>
  recordsIn(snapshot).some((record) => nameOf(record) !== name) ? { ...snapshot, released: undefined } : snapshot;

/**
 * How old the release is that this controller knows, in milliseconds; undefined while there is another one, or none.
 * Helm makes the ConfigMap of a new release before anything else and deletes the old one last, so a release is never
 * undone while it is made.
 */
export const ageOfRelease = (snapshot: Snapshot, name: string): number | undefined => {
  const all = recordsIn(snapshot);
  const [own] = all;
  if (own === undefined || all.length > 1 || nameOf(own) !== name) return undefined;
  return snapshot.takenAt - new Date(own.metadata?.creationTimestamp ?? 0).getTime();
};

/** How long a release may take, in milliseconds. */
const longest = 30 * 60_000;

/** Whether it looks as if a release was under way, and has been for too long to be one. */
export const isReleaseStuck = (snapshot: Snapshot, name: string): boolean => {
  const made = recordsIn(snapshot).map(({ metadata }) => new Date(metadata?.creationTimestamp ?? 0).getTime());
  return ageOfRelease(snapshot, name) === undefined && snapshot.takenAt - Math.max(0, ...made) > longest;
};
