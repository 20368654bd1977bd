import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Released } from "./snapshot.ts";

const treeOf = (kept: unknown): unknown => {
  try {
    return typeof kept === "string" ? JSON.parse(kept) : kept;
  } catch {
    return undefined;
  }
};

/** An object as JSON, as the provider keeps it. In a state from before it is a tree. */
const object = z.preprocess(
  treeOf,
  z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) }),
);

const manifests = z.object({
  type: z.literal("minikube:index:Manifests"),
  outputs: z.object({
    values: z.unknown(),
    stale: z.boolean().optional(),
    objects: z.record(z.string(), object).optional(),
  }),
});

const state = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(z.unknown()).optional() }).optional() }),
});

/** What stands in an object for what was not known, or is secret. */
const unread = /\[unknown\]|\[secret\]/;

/**
 * Reads what a stack has released last from Pulumi's state, in which no Secret is readable.
 * @param file where Pulumi keeps the state of the stack.
 * @returns undefined when there is no such thing.
 */
export const readReleased = (file: string): Released | undefined => {
  const found = resourcesIn(file)
    .map((resource) => manifests.safeParse(resource).data?.outputs)
    .find((outputs) => outputs !== undefined);
  if (found?.objects === undefined || found.stale === true) return undefined;
  const objects = Object.values(found.objects).filter((object) => !unread.test(JSON.stringify(object)));
  return { values: found.values, objects };
};

const resourcesIn = (file: string): unknown[] => {
  try {
    return state.parse(JSON.parse(readFileSync(file, "utf8"))).checkpoint.latest?.resources ?? [];
  } catch {
    // Nothing released yet, or in the middle of being written.
    return [];
  }
};
