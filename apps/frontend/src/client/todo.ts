import { z } from "zod";

/** A todo as the server sends it. */
export const todoSchema = z.object({ id: z.string(), title: z.string(), done: z.boolean() });

/** One todo as the list shows it. `pending` marks one that the server has not confirmed yet. */
export type Todo = z.output<typeof todoSchema> & { readonly pending?: true };

/** Where the todos are kept in the query cache. */
export const todosKey = ["todos"] as const;
