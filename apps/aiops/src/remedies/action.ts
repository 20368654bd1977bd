import { createHash } from "node:crypto";
import type { ObjectRef, ReleasedObject } from "../diagnosis/snapshot.ts";

/** One field of an object, and what becomes of it. */
export interface Edit {
  /** A JSON pointer, as `/spec/replicas`. */
  path: string;
  before: unknown;
  after: unknown;
}

/** Everything that can be done, and nothing else can. */
export interface Action {
  type: "restart" | "scale" | "roll-back" | "re-apply" | "replace";
  object: ObjectRef;
  /** Undefined when the object is not there, and is made as it was released. */
  uid: string | undefined;
  edits: Edit[];
  /** For a re-apply: what the object is to be. */
  released?: ReleasedObject;
}

/** Why nothing can be done here. */
export interface Refusal {
  refused: string;
  /** What a person can do. */
  next: string;
}

/** The same for the same action on the same object as it is now, whoever asks and whenever. */
export const hashOf = (value: unknown): string => createHash("sha256").update(stable(value)).digest("hex");

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
