import type { components } from "@/client/api/api-types";
import { newId } from "./new-id";

/** One todo. `pending` marks one that the server has not confirmed yet. */
export type Todo = components["schemas"]["TodoOut"] & { readonly pending?: true };

/** The fields that can be changed. A field that is left out stays. */
export type TodoFields = components["schemas"]["TodoUpdate"];

/** Names of the priorities 0 to 3. */
export const priorities = ["None", "Low", "Medium", "High"] as const;

/** Under this key everything about todos is kept in the query cache. */
export const todosKey = ["todos"] as const;

/** Under this key the trash is kept in the query cache. */
export const trashKey = ["trash"] as const;

/** A new todo that the server does not have yet. It keeps its id there. */
export function pendingTodo(title: string): Todo {
  return { ...plainTodo(newId(), title), pending: true };
}

/** A new todo, with nothing but a title. */
export function plainTodo(id: string, title: string): Todo {
  const time = new Date();
  const now = time.toISOString();
  return {
    id,
    title,
    notes: "",
    done: false,
    priority: 0,
    due_date: null,
    due_time: null,
    tags: [],
    recurrence: null,
    repeat_from: "due",
    position: time.getTime() / 1000,
    version: 0,
    created_at: now,
    updated_at: now,
  };
}
