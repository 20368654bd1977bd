import type { components } from "@/client/api/api-types";
import type { Placed } from "@/client/todos/position";
import type { QuickText } from "@/client/todos/quick-add";
import type { Todo, TodoFields } from "@/client/todos/todo";

/** What is changed of many todos at once; what is left out stays. */
export type BulkChanges = components["schemas"]["BulkChanges"];

/** What is done to many todos at once. */
export type Action = "complete" | "reopen" | "delete" | "restore";

/** One change of the list, as data, so that it can be kept until the server has it. */
export type Change =
  /** Adds a todo that `todoOf` has made; `typed` is what it was made from, if the server was not heard of that yet. */
  | { readonly kind: "add"; readonly todo: Todo; readonly text: string; readonly unread?: QuickText }
  /**
   * Changes fields of a todo that was seen like this. One that repeats may be changed as the only one, and may rejoin
   * the others.
   */
  | {
      readonly kind: "edit";
      readonly seen: Todo;
      readonly fields: TodoFields;
      readonly one?: true;
      readonly rejoins?: true;
      readonly undoes?: true;
    }
  /** Changes something of many todos that were seen like this, each part in the same way. */
  | { readonly kind: "edit-many"; readonly parts: readonly ManyEdit[]; readonly undoes?: true }
  /** Makes a repeating todo that was seen like this due at its next time. */
  | { readonly kind: "skip"; readonly seen: Todo }
  /** Gives todos new places in the manual order; `before` are those that they had. */
  | {
      readonly kind: "place";
      readonly placed: readonly Placed[];
      readonly before: readonly Placed[];
      readonly undoes?: true;
    }
  /** Does something to todos that were seen like this. */
  | { readonly kind: Action; readonly todos: readonly Todo[]; readonly undoes?: true };

/** One change of many todos. Tags are added and taken away, so that each keeps its other ones. */
export interface ManyEdit {
  readonly todos: readonly Todo[];
  readonly changes: BulkChanges;
}

/** An edit was refused because the same field was changed elsewhere: `theirs` is what the todo is now. */
export class Conflict extends Error {
  readonly theirs: Todo;

  constructor(theirs: Todo) {
    super(`“${theirs.title}” was changed elsewhere meanwhile.`);
    this.name = "Conflict";
    this.theirs = theirs;
  }
}
